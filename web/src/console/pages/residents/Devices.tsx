// The resident's phones, and ending one that was lost, replaced or is no longer used.
import { Button, Modal, Radio, Table } from "antd";
import { useState } from "react";
import { send } from "../../api/client";
import type { Device, Resident } from "../../api/shapes";
import { useDeed } from "../../api/use";
import { Card } from "../../parts/card";
import { Empty, Failed } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { ActionsHead } from "../../parts/actions-head";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

export function Devices({ person, changed }: { person: Resident; changed: () => void }) {
  const t = useWords(words).devices;
  const { moment } = useFormat();
  const [ending, setEnding] = useState<Device | null>(null);
  return (
    <Card title={t.title} note={t.note}>
      <Table<Device>
        rowKey="id"
        size="small"
        dataSource={person.devices}
        pagination={false}
        locale={{ emptyText: <Empty title={t.none}>{person.state === "active" && t.noneDo}</Empty> }}
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
            render: (state: Device["state"]) => <Standing tone={state === "active" ? "plain" : "gone"}>{t[state]}</Standing>,
          },
          { title: t.since, dataIndex: "enrolled_at", render: (at: number) => moment(at) },
          { title: t.until, dataIndex: "ended_at", render: (at: number | null) => (at ? moment(at) : "—") },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, row) =>
              row.state === "active" && (
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

function EndDevice({ device, onClose, changed }: { device: Device | null; onClose: () => void; changed: () => void }) {
  const { devices: t, cancel } = useWords(words);
  const [reason, setReason] = useState<"lost" | "replaced" | "unused">("lost");
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const end = async (): Promise<void> => {
    if (device && (await run(() => send(`/devices/${device.id}/end`, { reason })))) {
      close();
      changed();
    }
  };
  return (
    <Modal
      open={device !== null}
      title={`${t.endTitle}${device?.label ? ` · ${device.label}` : ""}`}
      onCancel={close}
      destroyOnHidden
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" danger loading={busy} onClick={() => void end()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.endLead}</p>
      {problem && <Failed problem={problem} />}
      <fieldset className="choices">
        <legend>{t.why}</legend>
        <Radio.Group
          value={reason}
          onChange={(event) => setReason(event.target.value as typeof reason)}
          options={[
            { value: "lost", label: t.lost },
            { value: "replaced", label: t.replaced },
            { value: "unused", label: t.unused },
          ]}
        />
      </fieldset>
    </Modal>
  );
}
