// Who holds the three posts, and whom one operator proposed and another one confirms. The proposer is shown the second factor,
// whoever confirms the password, each once. It does not know who is fit for a post.
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { OperatorGrantRow, Role } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench, Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { FormModal, needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Once } from "../../parts/once";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { Ends } from "./Ends";
import { Holders } from "./Holders";
import { Names } from "./Names";
import { words } from "./operators.words";

const TONES: Record<OperatorGrantRow["state"], Tone> = { proposed: "late", confirmed: "fine", refused: "stop", over: "gone" };
const ROLES: readonly Role[] = ["system", "security", "audit"];

export default function Operators() {
  const t = useWords(words);
  const me = useMe();
  const list = useRead(at("/manage/operators"));
  const [proposing, setProposing] = useState(false);
  const [confirming, setConfirming] = useState<OperatorGrantRow | null>(null);
  const [totp, setTotp] = useState<string | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const { busy, problem, run } = useDeed();
  useHeadNote(t.note);
  const refuse = async (one: OperatorGrantRow): Promise<void> => {
    await run(() => send(at("/manage/operators/{id}/answer", { id: one.id }), { confirm: false }));
    list.again();
  };
  const fault = problem ?? list.problem;
  return (
    <>
      {may(me.role, "propose_operator") && (
        <Bench
          action={
            <Button type="primary" onClick={() => setProposing(true)}>
              <Icon name="add" small />
              {t.propose.press}
            </Button>
          }
        />
      )}
      {fault && <Failed problem={fault} again={list.again} />}
      <div className="stack">
        <Card title={t.waiting} className="grants">
          <Grants rows={list.data?.grants ?? []} busy={busy} confirm={setConfirming} refuse={refuse} nothing={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />} />
        </Card>
        <Card title={t.holders} className="holders">
          <Holders rows={list.data?.operators ?? []} again={list.again} />
        </Card>
        {list.data && <Names rows={list.data.names} alone={list.data.named_alone} unnamed={list.data.operators.filter((one) => one.state !== "ended" && !one.named).length} again={list.again} />}
        {list.data && list.data.ends.length > 0 && <Ends rows={list.data.ends} again={list.again} />}
      </div>
      <FormModal<{ name: string; person: string; role: Role; number?: string }>
        open={proposing}
        title={t.propose.title}
        lead={t.propose.lead}
        ok={t.propose.ok}
        cancel={t.cancel}
        initial={{ role: "system" }}
        onClose={() => setProposing(false)}
        deed={async ({ name, person, role, number }) => {
          const id_number = number?.trim();
          const made = await send(at("/manage/operators"), { name: name.trim(), person: person.trim(), role, ...(id_number ? { id_number } : {}) });
          setTotp(made.totp_uri);
          list.again();
        }}
      >
        <Form.Item name="name" label={t.propose.name} rules={needed(t.need)}>
          <Input maxLength={40} autoFocus autoCapitalize="none" spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item name="person" label={t.propose.person} rules={needed(t.need)}>
          <Input maxLength={80} spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item name="number" label={t.named.number} extra={list.data?.named_alone ? undefined : t.named.numberHint} rules={list.data?.named_alone ? needed(t.need) : []}>
          <Input maxLength={18} spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t.propose.role}>
          <Radio.Group options={ROLES.map((value) => ({ value, label: t.roles[value] }))} />
        </Form.Item>
      </FormModal>
      <EvidenceModal
        open={confirming !== null}
        onClose={() => setConfirming(null)}
        deed={async () => {
          if (!confirming) return;
          const decided = await send(at("/manage/operators/{id}/answer", { id: confirming.id }), { confirm: true });
          setPassword(decided.password ?? null);
          list.again();
        }}
        words={{ ...t.sure, cancel: t.cancel }}
      >
        {confirming && (
          <p>
            <b>{confirming.name}</b> · {confirming.person} · {t.roles[confirming.role]}
            {confirming.resident && (
              <>
                {" → "}
                <b>{confirming.resident}</b>
              </>
            )}
          </p>
        )}
      </EvidenceModal>
      <Once title={t.totp.title} secret={totp} onClose={() => setTotp(null)}>
        <p className="quiet">{t.totp.how}</p>
      </Once>
      <Once title={t.password.title} secret={password} onClose={() => setPassword(null)}>
        <p className="quiet">{t.password.how}</p>
      </Once>
    </>
  );
}

interface GrantsProps {
  rows: OperatorGrantRow[];
  busy: boolean;
  nothing: React.ReactNode;
  confirm: (one: OperatorGrantRow) => void;
  refuse: (one: OperatorGrantRow) => Promise<void>;
}

function Grants({ rows, busy, nothing, confirm, refuse }: GrantsProps) {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const presses = (one: OperatorGrantRow): React.ReactNode => {
    if (one.state !== "proposed" || !may(me.role, "confirm_operator")) return null;
    if (!one.may_decide) return <span className="quiet">{t.own}</span>;
    return (
      <>
        <button type="button" className="press" onClick={() => confirm(one)}>
          {t.confirm}
          <span className="away">{one.name}</span>
        </button>
        <button type="button" className="press stop" disabled={busy} onClick={() => void refuse(one)}>
          {t.refuse}
          <span className="away">{one.name}</span>
        </button>
      </>
    );
  };
  return (
    <Listing<OperatorGrantRow>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        { title: t.head.name, dataIndex: "name", rowScope: "row", render: (name: string) => <b>{name}</b> },
        { title: t.head.person, dataIndex: "person" },
        { title: t.head.role, dataIndex: "role", render: (role: Role) => t.roles[role] },
        { title: t.head.at, dataIndex: "proposed_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
        { title: t.head.state, dataIndex: "state", render: (state: OperatorGrantRow["state"]) => <Standing tone={TONES[state]}>{t.grants[state]}</Standing> },
        { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
      ]}
    />
  );
}
