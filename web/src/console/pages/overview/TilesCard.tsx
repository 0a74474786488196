// The sixteen cities as squares, or the busiest places as a list. No border is drawn, and the card says so;
// a city is marked when too much could not be checked there.
import { useState } from "react";
import type { Answer } from "../../../api/at";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { citiesOf, ranked, stepEnds, total, type CityFigure } from "./figures";
import { words } from "./overview.words";

const PLACES_SHOWN = 7;

export function TilesCard({ reading }: { reading: Reading<Answer<"get", "/stats/checks">> }) {
  const t = useWords(words).tiles;
  const [places, setPlaces] = useState(false);
  const turn = (
    <button type="button" className="press" onClick={() => setPlaces(!places)}>
      <Icon name={places ? "scenario" : "place"} small />
      {places ? t.cities : t.places}
    </button>
  );
  return (
    <Card title={places ? t.byPlace : t.title} note={t.note} aside={turn} className="map">
      {!reading.data ? (
        reading.problem ? (
          <Failed problem={reading.problem} again={reading.again} />
        ) : (
          <Waiting />
        )
      ) : places ? (
        <Places bars={reading.data} />
      ) : (
        <Tiles cities={citiesOf(reading.data.bars)} />
      )}
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
          <li
            key={city.code}
            className={`t${step}${marked ? " hot" : ""}`}
            style={{ gridArea: `${city.row} / ${city.column}` }}
            aria-label={t.label(city[language], number(checks), share(unchecked, checks))}
          >
            <b>{city[language]}</b>
            <span>{compact(checks)}</span>
            {marked && <em>{t.unchecked(share(unchecked, checks))}</em>}
          </li>
        ))}
      </ul>
      <p className="steps">
        <span aria-hidden="true">
          {[1, 2, 3, 4, 5].map((step) => (
            <i key={step} className={`t${step}`} />
          ))}
        </span>
        <span>{stepEnds(cities).map(compact).join(" · ")}</span>
        <span>{t.legend}</span>
      </p>
    </div>
  );
}

function Places({ bars }: { bars: Answer<"get", "/stats/checks"> }) {
  const t = useWords(words).tiles;
  const { number } = useFormat();
  const rows = ranked(bars.bars, total, PLACES_SHOWN + 1).filter((row) => row.key !== "");
  const most = Math.max(1, ...rows.map((row) => row.n));
  if (rows.length === 0) return <Empty title={t.none} />;
  return (
    <ul className="ranks">
      {rows.map((row) => (
        <li key={row.key}>
          <span>{row.label || row.key}</span>
          <b>{number(row.n)}</b>
          <i style={{ width: `${(100 * row.n) / most}%` }} />
        </li>
      ))}
    </ul>
  );
}
