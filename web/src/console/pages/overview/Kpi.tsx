// The five figures on top. A spark is drawn from the same hours as the chart below, without scale: it shows a shape only.
import type { Overview } from "../../../api/types";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import type { Hour } from "./figures";
import { words } from "./overview.words";

export function Kpi({ figures, hours }: { figures: Overview; hours: Hour[] | null }) {
  const t = useWords(words).kpi;
  const { number, share } = useFormat();
  const { checks_day: checks, refused_day: refused, unchecked_day: unchecked } = figures;
  return (
    <dl className="card kpi">
      <div>
        <dt>{t.checks}</dt>
        <dd>{number(checks)}</dd>
        <Spark values={hours?.map((h) => h.valid + h.refused + h.unchecked)} />
      </div>
      <div>
        <dt>{t.valid}</dt>
        <dd>{share(checks - refused - unchecked, checks)}</dd>
      </div>
      <div>
        <dt>{t.refused}</dt>
        <dd>
          {share(refused, checks)}
          <small>{number(refused)}</small>
        </dd>
        <Spark values={hours?.map((h) => h.refused)} />
      </div>
      <div className={unchecked > 0 ? "late" : ""}>
        <dt>{t.unchecked}</dt>
        <dd>
          {share(unchecked, checks)}
          <small>{number(unchecked)}</small>
        </dd>
        <Spark values={hours?.map((h) => h.unchecked)} />
      </div>
      <div>
        <dt>{t.people}</dt>
        <dd>
          {number(figures.residents)}
          <small>{t.devices(number(figures.devices))}</small>
        </dd>
      </div>
    </dl>
  );
}

function Spark({ values }: { values?: number[] | undefined }) {
  if (!values || values.length < 2) return null;
  const most = Math.max(1, ...values);
  const points = values
    .map((v, i) => `${(2 + (56 * i) / (values.length - 1)).toFixed(1)},${(19 - (16 * v) / most).toFixed(1)}`)
    .join(" ");
  return (
    <svg className="spark" viewBox="0 0 60 22" aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
