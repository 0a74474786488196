// The yearly public count: how often offices learned who stands behind a code. It knows no person, and asks without signing.
import { useEffect, useState } from "preact/hooks";
import { say } from "../shared/words";
import type { ResolveCounts } from "../api/types";
import { session } from "./context";
import { t } from "./words";

export function Counts() {
  const [told, setTold] = useState<ResolveCounts | null>(null);
  // Without a network there is nothing to show, and nothing to be sorry for.
  useEffect(() => { session.resolves().then(setTold).catch(() => undefined); }, []);
  if (!told) return null;
  const newest = told.counts[0]?.year;
  const lines = told.counts.filter((c) => c.year === newest);
  return (
    <section class="card counts">
      <h2>{t("countsTitle")}{newest !== undefined && <small> {newest}</small>}</h2>
      <p class="text">{t("countsText", { n: told.shown_from })}</p>
      {lines.length === 0 && <p class="line">{t("countsNone")}</p>}
      {lines.map((c) => (
        <div class="line" key={c.scenario} data-count={c.scenario}>
          <div class="grow"><b>{say(c.name)}</b><small>{say(c.owner)}</small></div>
          <span>{c.many === null ? t("countsFew", { n: told.shown_from }) : t("countsMany", { n: c.many })}</span>
        </div>
      ))}
    </section>
  );
}
