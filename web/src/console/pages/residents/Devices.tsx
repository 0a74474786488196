// The resident's phones, and ending one that was lost, replaced or is no longer used.
import { useState } from "react";
import type { DeviceRow as Device, Resident } from "../../../api/types";
import { Card } from "../../parts/card";
import { Empty } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { EndDevice } from "./EndDevice";
import { words } from "./residents.words";

export function Devices({ person, changed }: { person: Resident; changed: () => void }) {
  const t = useWords(words).devices;
  const { moment } = useFormat();
  const [ending, setEnding] = useState<Device | null>(null);
  return (
    <Card title={t.title} note={t.note}>
      <Listing<Device>
        rowKey="id"
        rows={person.devices}
        empty={<Empty title={t.none}>{person.state === "active" && t.noneDo}</Empty>}
        columns={[
          {
            title: t.label,
            dataIndex: "label",
            rowScope: "row",
            render: (label: string, row) => <span title={row.id}>{label || "—"}</span>,
          },
          { title: t.slot, dataIndex: "slot", render: (slot: number) => slot + 1 },
          {
            title: t.state,
            dataIndex: "state",
            render: (state: Device["state"]) => <Standing tone={state === "active" ? "plain" : state === "suspended" ? "late" : "gone"}>{t[state]}</Standing>,
          },
          { title: t.since, dataIndex: "enrolled_at", render: (at: number) => moment(at) },
          { title: t.until, dataIndex: "ended_at", render: (at: number | null) => (at ? moment(at) : "—") },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, row) =>
              row.state !== "ended" && (
                <button type="button" className="press stop" onClick={() => setEnding(row)}>
                  {t.end}
                  <span className="away">{row.label}</span>
                </button>
              ),
          },
        ]}
      />
      <EndDevice device={ending} onClose={() => setEnding(null)} changed={changed} />
    </Card>
  );
}
