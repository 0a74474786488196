// Who holds the three posts. In danger one person stops an operator at once; the end of a post is proposed, and another one confirms.
// It does not know why somebody has to go.
import { Form, Input } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { OperatorRow, Role } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { EvidenceModal } from "../../parts/evidence-modal";
import { FormModal, needed } from "../../parts/form-modal";
import { Listing } from "../../parts/Listing";
import { Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./operators.words";

const TONES: Record<OperatorRow["state"], Tone> = { active: "fine", suspended: "stop", ended: "gone" };

export function Holders({ rows, again }: { rows: OperatorRow[]; again: () => void }) {
  const t = useWords(words);
  const me = useMe();
  const { date, moment } = useFormat();
  const [stopping, setStopping] = useState<OperatorRow | null>(null);
  const [ending, setEnding] = useState<OperatorRow | null>(null);
  const [naming, setNaming] = useState<OperatorRow | null>(null);
  const { busy, problem, run } = useDeed();
  const lift = async (one: OperatorRow): Promise<void> => {
    await run(() => send(at("/manage/operators/{id}/lift", { id: one.id })));
    again();
  };
  const presses = (one: OperatorRow): React.ReactNode => {
    if (one.state === "ended" || !may(me.role, "suspend_operator")) return null;
    const press = (says: string, act: () => void, stop = false): React.ReactNode => (
      <button type="button" className={stop ? "press stop" : "press"} disabled={busy} onClick={act}>
        {says}
        <span className="away">{one.name}</span>
      </button>
    );
    return (
      <>
        {!one.named && may(me.role, "name_operator") && press(t.named.press, () => setNaming(one))}
        {one.state === "suspended" && press(t.lift, () => void lift(one))}
        {one.state === "active" && one.name !== me.name && press(t.suspend.press, () => setStopping(one), true)}
        {press(t.end.press, () => setEnding(one), true)}
      </>
    );
  };
  const about = (one: OperatorRow | null): React.ReactNode =>
    one && (
      <p>
        <b>{one.name}</b> · {one.person} · {t.roles[one.role]}
      </p>
    );
  return (
    <>
      {problem && <Failed problem={problem} />}
      <Listing<OperatorRow>
        rowKey="id"
        rows={rows}
        empty={<Waiting />}
        columns={[
          { title: t.head.name, dataIndex: "name", rowScope: "row", render: (name: string) => <b>{name}</b> },
          { title: t.head.person, dataIndex: "person" },
          { title: t.head.role, dataIndex: "role", render: (role: Role) => t.roles[role] },
          { title: t.named.head, dataIndex: "named", render: (named: boolean, one) => one.state !== "ended" && <Standing tone={named ? "fine" : "late"}>{named ? t.named.yes : t.named.no}</Standing> },
          { title: t.head.since, dataIndex: "since_at", render: (since: number) => <span className="nowrap">{date(since)}</span> },
          {
            title: t.head.state,
            dataIndex: "state",
            render: (state: OperatorRow["state"], one) => (
              <>
                <Standing tone={TONES[state]}>{t.states[state]}</Standing> {one.suspended_until && <small className="quiet">{t.until(moment(one.suspended_until))}</small>}
              </>
            ),
          },
          { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
        ]}
      />
      <EvidenceModal
        stop
        open={stopping !== null}
        words={{ ...t.suspend, cancel: t.cancel, evidence: t.why }}
        onClose={() => setStopping(null)}
        deed={async (reason) => {
          if (stopping) await send(at("/manage/operators/{id}/suspend", { id: stopping.id }), { reason });
          again();
        }}
      >
        {about(stopping)}
      </EvidenceModal>
      <FormModal<{ number: string }>
        open={naming !== null}
        title={t.named.title}
        lead={
          <>
            {about(naming)}
            <p className="lead">{t.named.lead}</p>
          </>
        }
        ok={t.named.ok}
        cancel={t.cancel}
        onClose={() => setNaming(null)}
        deed={async ({ number }) => {
          if (naming) await send(at("/manage/operators/{id}/name", { id: naming.id }), { id_number: number.trim() });
          again();
        }}
      >
        <Form.Item name="number" label={t.named.number} rules={needed(t.need)}>
          <Input maxLength={18} autoFocus spellCheck={false} autoComplete="off" />
        </Form.Item>
      </FormModal>
      <EvidenceModal
        stop
        open={ending !== null}
        words={{ ...t.end, cancel: t.cancel, evidence: t.why }}
        onClose={() => setEnding(null)}
        deed={async (reason) => {
          if (ending) await send(at("/manage/operators/{id}/end", { id: ending.id }), { reason });
          again();
        }}
      >
        {about(ending)}
      </EvidenceModal>
    </>
  );
}
