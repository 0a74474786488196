// The sixteen cities as squares. It draws no border, and says so; a city is marked when too much could not be checked there.
import type { Bars } from "../../api/shapes";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Failed, Waiting } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { citiesOf, stepEnds, type CityFigure } from "./figures";
import { words } from "./overview.words";

export function TilesCard({ reading }: { reading: Reading<Bars> }) {
  const t = useWords(words).tiles;
  return (
    <Card title={t.title} note={t.note} className="map">
      {reading.data ? <Tiles cities={citiesOf(reading.data.bars)} /> : reading.problem ? <Failed problem={reading.problem} again={reading.again} /> : <Waiting />}
    </Card>
  );
}

function Tiles({ cities }: { cities: CityFigure[] }) {
  const t = useWords(words).tiles;
  const { language } = useLanguage();
  const { compact, number, share } = useFormat();
  return (
    <div className="tiles-box">
      <ul className="tiles">
        {cities.map(({ city, checks, unchecked, step, marked }) => (
          <li key={city.code} className={`t${step}${marked ? " hot" : ""}`} style={{ gridArea: `${city.row} / ${city.column}` }}
            aria-label={t.label(city[language], number(checks), share(unchecked, checks))}>
            <b>{city[language]}</b><span>{compact(checks)}</span>
            {marked && <em>{t.unchecked(share(unchecked, checks))}</em>}
          </li>
        ))}
      </ul>
      <p className="steps"><span aria-hidden="true">{[1, 2, 3, 4, 5].map((step) => <i key={step} className={`t${step}`} />)}</span>
        <span>{stepEnds(cities).map(compact).join(" · ")}</span><span>{t.legend}</span></p>
    </div>
  );
}
