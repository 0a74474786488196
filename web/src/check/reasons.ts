// The words for each verdict, from the table that all programs share (vectors/reasons.json). It decides nothing.
import shared from "../../../vectors/reasons.json";
import type { Verdict as Decided } from "../code/check";
import type { Verdict } from "../api/types";
import type { Both } from "../shared/words";

interface Said { title: Both; advice: Both }
const reasons = shared.reasons as Record<string, Said>;

const fill = (both: Both, minutes: number): Both => ({ zh: both.zh.replace("{minutes}", String(minutes)), en: both.en.replace("{minutes}", String(minutes)) });

export const verdictWord = (kind: Verdict["verdict"]): Both => shared.verdicts[kind];

/** A verdict made here, in the shape and words that the server would use. */
export function worded(decided: Decided, scenario: string, at: number): Verdict {
  const valid = decided.late ? shared.valid.late : decided.stale ? shared.valid.stale : shared.valid.plain;
  const said: Said = decided.reason === null ? valid : (reasons[decided.reason] ?? (reasons["server_error"] as Said));
  const minutes = Math.abs(decided.skewMin);
  return {
    verdict: decided.kind, reason: decided.reason as Verdict["reason"], title: fill(said.title, minutes), advice: fill(said.advice, minutes), form: decided.form as Verdict["form"], scenario,
    assurance: decided.assurance, age_band: decided.ageBand, benefit: decided.benefit, acting: decided.acting, late: decided.late, skew_min: decided.skewMin, at, receipt: null,
  };
}

/** A reason's title in a list, where the minutes are not known. */
export function reasonTitle(reason: string): Both {
  const { zh, en } = reasons[reason]?.title ?? { zh: reason, en: reason };
  return { zh: zh.replace(" {minutes} 分钟", "").replace("{minutes}", ""), en: en.replace(" {minutes} minutes", "") };
}
