// The posts of one organisation: proposed, renewed and ended here, accepted by their persons elsewhere.
// It does not know names: an operator sees who has a post by an id.
import { Button, Form, Input, Radio, Table } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { PostRow } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { FormModal, needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed, Waiting } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./organisation.words";

const TONES: Record<PostRow["state"], Tone> = { pending: "late", active: "fine", ended: "gone" };
const ROLES: readonly PostRow["role"][] = ["counter", "handler", "reviewer", "head"];

export function Posts({ organisation, open }: { organisation: string; open: boolean }) {
  const all = useWords(words);
  const t = all.posts;
  const me = useMe();
  const trail = useTrail(organisation);
  const list = useRead(at("/organisations/{id}/posts", { id: organisation }, { after: trail.after }));
  const [proposing, setProposing] = useState(false);
  const [ending, setEnding] = useState<PostRow | null>(null);
  const { busy, problem, run } = useDeed();
  const renew = async (one: PostRow): Promise<void> => {
    await run(() => send(at("/posts/{id}/renew", { id: one.id })));
    list.again();
  };
  const fault = problem ?? list.problem;
  const add = open && may(me.role, "propose_post") && (
    <Button onClick={() => setProposing(true)}>
      <Icon name="add" small />
      {t.propose}
    </Button>
  );
  return (
    <Card title={t.title} note={t.note} aside={add} className="posts">
      {fault && <Failed problem={fault} again={list.again} />}
      <Rows rows={list.data?.items ?? []} busy={busy} renew={renew} end={setEnding} nothing={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />} />
      <Paging trail={trail} next={list.data?.next} />
      <FormModal<{ resident: string; role: PostRow["role"] }>
        open={proposing}
        title={t.form.title}
        lead={t.form.lead}
        ok={t.form.ok}
        cancel={all.cancel}
        initial={{ role: "counter" }}
        onClose={() => setProposing(false)}
        deed={async ({ resident, role }) => {
          await send(at("/organisations/{id}/posts", { id: organisation }), { resident: resident.trim(), role });
          list.again();
        }}
      >
        <Form.Item name="resident" label={t.form.resident} extra={t.form.residentHint} rules={needed(all.need)}>
          <Input maxLength={30} autoFocus spellCheck={false} />
        </Form.Item>
        <Form.Item name="role" label={t.form.role}>
          <Radio.Group options={ROLES.map((value) => ({ value, label: t.roles[value] }))} />
        </Form.Item>
      </FormModal>
      <EvidenceModal
        open={ending !== null}
        stop
        onClose={() => setEnding(null)}
        deed={async (reason) => {
          if (ending) await send(at("/posts/{id}/end", { id: ending.id }), { reason });
          list.again();
        }}
        words={{ evidence: all.reason, cancel: all.cancel, ...t.end }}
      />
    </Card>
  );
}

interface RowsProps {
  rows: PostRow[];
  busy: boolean;
  nothing: React.ReactNode;
  renew: (one: PostRow) => Promise<void>;
  end: (one: PostRow) => void;
}

function Rows({ rows, busy, nothing, renew, end }: RowsProps) {
  const t = useWords(words).posts;
  const me = useMe();
  const { moment } = useFormat();
  const who = (one: PostRow): React.ReactNode => {
    if (!one.account) return one.user_name ?? <span className="quiet">{t.waits}</span>;
    const id = <code title={one.account}>{shortId(one.account)}</code>;
    return may(me.role, "see_residents") ? <a href={href("residents", one.account)}>{id}</a> : id;
  };
  return (
    <Table<PostRow>
      className="stacks"
      rowKey="id"
      size="small"
      dataSource={rows}
      pagination={false}
      locale={{ emptyText: nothing }}
      columns={stacked<PostRow>([
        {
          title: t.head.role,
          dataIndex: "role",
          rowScope: "row",
          render: (role: PostRow["role"], one) => (
            <>
              <b>{t.roles[role]}</b>
              {one.deputy_of && <small className="under quiet">{t.deputy}</small>}
            </>
          ),
        },
        { title: t.head.who, key: "who", render: (_, one) => who(one) },
        { title: t.head.source, dataIndex: "source", render: (source: PostRow["source"]) => t.sources[source] },
        {
          title: t.head.state,
          dataIndex: "state",
          render: (state: PostRow["state"], one) => (
            <>
              <Standing tone={TONES[state]}>{t.states[state]}</Standing>
              {one.reason && <small className="under quiet">{t.reasons[one.reason] ?? one.reason}</small>}
            </>
          ),
        },
        {
          title: t.head.until,
          key: "until",
          render: (_, one) => <span className="nowrap">{one.state === "ended" ? t.ended(moment(one.ended_at ?? one.lease_until_at)) : moment(one.lease_until_at)}</span>,
        },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, one) =>
            one.state !== "ended" && (
              <>
                {may(me.role, "renew_post") && !one.deputy_of && (one.source === "operator" || one.source === "import") && (
                  <button type="button" className="press" disabled={busy} onClick={() => void renew(one)}>
                    {t.renew}
                    <span className="away">{t.roles[one.role]}</span>
                  </button>
                )}
                {may(me.role, "end_post") && (
                  <button type="button" className="press stop" onClick={() => end(one)}>
                    {t.end.press}
                    <span className="away">{t.roles[one.role]}</span>
                  </button>
                )}
              </>
            ),
        },
      ])}
    />
  );
}
