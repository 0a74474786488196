// How the gates keep up: one bar of fresh and late, and the six that were away the longest.
import type { Answer } from "../../../api/at";
import type { Gate, Overview } from "../../../api/types";
import type { Reading } from "../../api/use";
import { Card } from "../../parts/card";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Shape } from "../../parts/standing";
import { isAway, isLate, latestFirst } from "../gates/lag";
import { href } from "../../shell/route";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./overview.words";

const GATES_SHOWN = 6;

export function GatesCard({ reading, figures, late }: { reading: Reading<Answer<"get", "/gates">>; figures: Overview; late: number }) {
  const t = useWords(words).gates;
  const { number } = useFormat();
  const gates = reading.data?.items.filter((gate) => gate.state === "active") ?? null;
  return (
    <Card title={t.title} note={t.note(number(figures.gates))} aside={<a href={href("gates")}>{t.all}</a>} className="gates">
      {!gates ? (
        reading.problem ? (
          <Failed problem={reading.problem} again={reading.again} />
        ) : (
          <Waiting />
        )
      ) : gates.length === 0 ? (
        <Empty title={t.none}>{t.do}</Empty>
      ) : (
        <>
          <LagBar fresh={figures.gates - late} late={late} />
          <Longest gates={gates} now_s={figures.server_at} />
        </>
      )}
    </Card>
  );
}

function LagBar({ fresh, late }: { fresh: number; late: number }) {
  const t = useWords(words).gates;
  const { number } = useFormat();
  return (
    <>
      <div className="lag" role="img" aria-label={t.bar(number(fresh), number(late))}>
        {fresh > 0 && <i className="fresh" style={{ flexGrow: fresh }} />}
        {late > 0 && <i className="late" style={{ flexGrow: late }} />}
      </div>
      <p className="lag-key">
        <span>
          <i className="fresh" />
          {t.fresh} <b>{number(fresh)}</b>
        </span>
        <span>
          <i className="late" />
          {t.late} <b>{number(late)}</b>
        </span>
      </p>
    </>
  );
}

function Longest({ gates, now_s }: { gates: Gate[]; now_s: number }) {
  const t = useWords(words).gates;
  const { lasting } = useFormat();
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col">{t.bundle}</th>
          <th scope="col">{t.seen}</th>
        </tr>
      </thead>
      <tbody>
        {latestFirst(gates)
          .slice(0, GATES_SHOWN)
          .map((gate) => (
            <tr key={gate.id} className={isLate(gate, now_s) ? "bad" : ""}>
              <th scope="row" title={gate.place}>
                {gate.name}
                {gate.place !== gate.name && <small>{gate.place}</small>}
              </th>
              <td>
                {gate.bundle_version === null ? "—" : `v${gate.bundle_version}`}
                {gate.bundle_lag ? <small>{t.behind(gate.bundle_lag)}</small> : null}
              </td>
              <td className={isAway(gate, now_s) ? "away-long" : ""}>
                {isAway(gate, now_s) && <Shape tone="late" />}
                {gate.last_seen_at === null ? t.never : lasting(now_s - gate.last_seen_at)}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
