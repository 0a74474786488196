// The table of gates. What is late says so by word, shape and weight.
import type { ReactNode } from "react";
import type { Gate } from "../../../api/types";
import { Standing } from "../../parts/standing";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./gates.words";
import { clockIsOff, isLate } from "./lag";

interface Props {
  gates: Gate[];
  now_s: number;
  onEnd: ((gate: Gate) => void) | null;
  nothing: ReactNode;
}

export function GateRows({ gates, now_s, onEnd, nothing }: Props) {
  const t = useWords(words);
  const { lasting, number } = useFormat();
  return (
    <Listing<Gate>
      rowKey="id"
      rows={gates}
      empty={nothing}
      columns={[
        {
          title: t.head.name,
          dataIndex: "name",
          rowScope: "row",
          render: (name: string, gate) => (
            <>
              <b>{name}</b>
              <small className="under">
                <code className="quiet">{gate.id}</code>
              </small>
            </>
          ),
        },
        {
          title: t.head.place,
          dataIndex: "place",
          render: (place: string, gate) => (
            <>
              {place}
              <small className="quiet under">
                {gate.scenario} · {gate.site}
              </small>
            </>
          ),
        },
        { title: t.head.state, key: "state", render: (_, gate) => <GateStanding gate={gate} now_s={now_s} /> },
        {
          title: t.head.seen,
          dataIndex: "last_seen_at",
          align: "right",
          render: (at: number | null) => (at === null ? t.never : lasting(now_s - at)),
        },
        {
          title: t.head.bundle,
          key: "bundle",
          align: "right",
          render: (_, { bundle_version: version, bundle_lag: lag }) =>
            version === null ? (
              "—"
            ) : (
              <>
                {`v${version}`}
                <small className={lag ? "under standing late" : "quiet under"}>{lag ? t.behind(lag) : t.newest}</small>
              </>
            ),
        },
        { title: t.head.spool, dataIndex: "spool", align: "right", render: (n: number) => number(n) },
        { title: t.head.clock, key: "clock", align: "right", render: (_, gate) => <Clock gate={gate} /> },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, gate) =>
            gate.state === "active" &&
            onEnd && (
              <button type="button" className="press stop" onClick={() => onEnd(gate)}>
                {t.end}
                <span className="away">{gate.name}</span>
              </button>
            ),
        },
      ]}
    />
  );
}

function GateStanding({ gate, now_s }: { gate: Gate; now_s: number }) {
  const t = useWords(words);
  if (gate.state === "ended") return <Standing tone="gone">{t.ended}</Standing>;
  return isLate(gate, now_s) ? <Standing tone="late">{t.late}</Standing> : <Standing tone="plain">{t.active}</Standing>;
}

function Clock({ gate }: { gate: Gate }) {
  const t = useWords(words);
  const { lasting } = useFormat();
  const off = gate.clock_off_s;
  const said = Math.abs(off) < 2 ? t.exact : off < 0 ? t.slow(lasting(-off)) : t.fast(lasting(off));
  return clockIsOff(gate) ? <Standing tone="late">{said}</Standing> : <>{said}</>;
}
