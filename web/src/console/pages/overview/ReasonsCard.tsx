// Why checks were refused, the most frequent first, each bar to true proportion with its number beside it.
import type { Answer } from "../../../api/at";
import type { Role } from "../../../api/types";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Empty, Failed, Waiting } from "../../parts/said";
import { href } from "../../shell/route";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named, useTerms } from "../../words/terms";
import { ranked } from "./figures";
import { words } from "./overview.words";

const REASONS_SHOWN = 6;

export function ReasonsCard({ reading, refused, role }: { reading: Reading<Answer<"get", "/stats/checks">>; refused: number; role: Role }) {
  const t = useWords(words).why;
  const { number } = useFormat();
  const aside = role === "audit" && <a href={href("uses", null, { deed: "check", outcome: "refused" })}>{t.uses}</a>;
  return (
    <Card title={t.title} note={t.note(number(refused))} aside={aside} className="why">
      {reading.data ? (
        <Reasons bars={reading.data} />
      ) : reading.problem ? (
        <Failed problem={reading.problem} again={reading.again} />
      ) : (
        <Waiting />
      )}
    </Card>
  );
}

function Reasons({ bars }: { bars: Answer<"get", "/stats/checks"> }) {
  const { why: t, why_hints: hints } = useWords(words);
  const terms = useTerms();
  const { number } = useFormat();
  const rows = ranked(bars.bars, (bar) => bar.refused, REASONS_SHOWN);
  const most = Math.max(1, ...rows.map((row) => row.n));
  if (rows.length === 0) return <Empty title={t.none}>{t.do}</Empty>;
  return (
    <ul className="ranks">
      {rows.map((row) => (
        <li key={row.key}>
          <span>
            {row.key ? named(terms.reason, row.key) : t.rest}
            {hints[row.key] && <small>{hints[row.key]}</small>}
          </span>
          <b>{number(row.n)}</b>
          <i style={{ width: `${(100 * row.n) / most}%` }} />
        </li>
      ))}
    </ul>
  );
}
