// The yearly public count: how often offices learned who stands behind a code. Everybody may read the same figures without signing in.
// It knows no person; a small number is told as "fewer than", as the server told it.
import type { Answer } from "../../../api/at";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { byYear } from "./figures";
import { words } from "./overview.words";

const YEARS_SHOWN = 3;
type Counts = Answer<"get", "/resolves">;

export function ResolvesCard({ reading }: { reading: Reading<Counts> }) {
  const t = useWords(words).resolves;
  return (
    <Card title={t.title} note={t.note} className="resolves">
      {reading.data ? (
        <Years counts={reading.data} />
      ) : reading.problem ? (
        <Failed problem={reading.problem} again={reading.again} />
      ) : (
        <Waiting />
      )}
    </Card>
  );
}

function Years({ counts }: { counts: Counts }) {
  const t = useWords(words).resolves;
  const { language } = useLanguage();
  const { number } = useFormat();
  const { years, rows } = byYear(counts.counts, YEARS_SHOWN);
  if (rows.length === 0) return <Empty title={t.none}>{t.do}</Empty>;
  const told = (many: number | null | undefined) =>
    many === undefined ? t.never : many === null ? t.few(number(counts.shown_from)) : t.times(number(many));
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t.scenario}</th>
          {years.map((year) => (
            <th scope="col" key={year}>
              {year}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.scenario} data-resolves={row.scenario}>
            <th scope="row">
              {row.name[language]}
              {row.owner[language] && <small>{row.owner[language]}</small>}
            </th>
            {row.many.map((many, column) => (
              <td key={years[column]} className={many ? "" : "few"}>
                {told(many)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
