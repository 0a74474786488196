// Checks by hour, as a chart or as the same numbers in a table. The chart's code is loaded only when it is first drawn.
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../../../api/at";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import type { Hour } from "./figures";
import { words } from "./overview.words";

const HoursChart = lazy(() => import("../../charts/HoursChart"));

export function HoursCard({ hours, reading }: { hours: Hour[] | null; reading: Reading<Answer<"get", "/stats/checks">> }) {
  const t = useWords(words).hours;
  const [asTable, setAsTable] = useState(false);
  const any = hours?.some((hour) => sum(hour) + (hour.before ?? 0) > 0) ?? false;
  const legend = (
    <>
      <ul className="legend">
        <li>
          <i className="c-valid" />
          {t.valid}
        </li>
        <li>
          <i className="c-refused" />
          {t.refused}
        </li>
        <li>
          <i className="c-unchecked" />
          {t.unchecked}
        </li>
        {hours?.some((hour) => hour.before !== null) && (
          <li>
            <i className="c-before" />
            {t.before}
          </li>
        )}
      </ul>
      <button type="button" className="press" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
        <Icon name={asTable ? "use" : "table"} small />
        {asTable ? t.chart : t.table}
      </button>
    </>
  );
  return (
    <Card title={t.title} note={t.note} aside={legend} className="hours">
      {!hours ? (
        reading.problem ? (
          <Failed problem={reading.problem} again={reading.again} />
        ) : (
          <Waiting />
        )
      ) : !any ? (
        <Empty title={t.none}>{t.do}</Empty>
      ) : asTable ? (
        <HoursTable hours={hours} />
      ) : (
        <Drawn hours={hours} />
      )}
    </Card>
  );
}

function Drawn({ hours }: { hours: Hour[] }) {
  const t = useWords(words).hours;
  const { clock, number } = useFormat();
  const peak = hours.reduce((best, hour) => (sum(hour) > sum(best) ? hour : best));
  return (
    <Suspense fallback={<Waiting />}>
      <HoursChart hours={hours} label={t.label(number(sum(peak)), clock(peak.at))} names={t} />
    </Suspense>
  );
}

function HoursTable({ hours }: { hours: Hour[] }) {
  const t = useWords(words).hours;
  const { clock, number } = useFormat();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t.title}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.hour}</th>
            <th scope="col">{t.valid}</th>
            <th scope="col">{t.refused}</th>
            <th scope="col">{t.unchecked}</th>
            <th scope="col">{t.before}</th>
          </tr>
        </thead>
        <tbody>
          {hours.map((hour) => (
            <tr key={hour.at}>
              <th scope="row">{clock(hour.at)}</th>
              <td>{number(hour.valid)}</td>
              <td>{number(hour.refused)}</td>
              <td>{number(hour.unchecked)}</td>
              <td>{hour.before === null ? "—" : number(hour.before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const sum = (hour: Hour): number => hour.valid + hour.refused + hour.unchecked;
