// The personnel systems of one organisation: let in by a token that is shown once, heard or silent, shut out.
// It does not know what they say.
import { Button, Form, Input, Table } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { FeedRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { FormModal, needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Once } from "../../parts/once";
import { Empty, Failed, Waiting } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { Standing } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { feedStanding } from "./feed";
import { words } from "./organisation.words";

export function Feeds({ organisation, open }: { organisation: string; open: boolean }) {
  const all = useWords(words);
  const t = all.feeds;
  const me = useMe();
  const { moment } = useFormat();
  const list = useRead(at("/organisations/{id}/feeds", { id: organisation }));
  const [making, setMaking] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const [ending, setEnding] = useState<FeedRow | null>(null);
  const make = open && may(me.role, "make_feed") && (
    <Button onClick={() => setMaking(true)}>
      <Icon name="add" small />
      {t.make}
    </Button>
  );
  return (
    <Card title={t.title} note={t.note} aside={make} className="feeds">
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <Table<FeedRow>
        className="stacks"
        rowKey="id"
        size="small"
        dataSource={list.data?.feeds ?? []}
        pagination={false}
        locale={{ emptyText: list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting /> }}
        columns={stacked<FeedRow>([
          { title: t.head.label, dataIndex: "label", rowScope: "row" },
          { title: t.head.made, dataIndex: "made_at", render: (made: number) => <span className="nowrap">{moment(made)}</span> },
          { title: t.head.seen, dataIndex: "seen_at", render: (seen?: number) => <span className="nowrap">{seen ? moment(seen) : "—"}</span> },
          { title: t.head.state, key: "state", render: (_, feed) => <State feed={feed} /> },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, feed) =>
              !feed.ended_at &&
              may(me.role, "end_feed") && (
                <button type="button" className="press stop" onClick={() => setEnding(feed)}>
                  {t.end.press}
                  <span className="away">{feed.label}</span>
                </button>
              ),
          },
        ])}
      />
      <FormModal<{ label: string }>
        open={making}
        title={t.form.title}
        lead={t.form.lead}
        ok={t.form.ok}
        cancel={all.cancel}
        onClose={() => setMaking(false)}
        deed={async ({ label }) => {
          const made = await send(at("/organisations/{id}/feeds", { id: organisation }), { label: label.trim() });
          setToken(made.token);
          list.again();
        }}
      >
        <Form.Item name="label" label={t.form.label} rules={needed(all.need)}>
          <Input maxLength={200} placeholder={t.form.labelHint} autoFocus />
        </Form.Item>
      </FormModal>
      <Once title={t.once} secret={token} onClose={() => setToken(null)}>
        <p className="quiet">{t.how}</p>
      </Once>
      <EvidenceModal
        open={ending !== null}
        stop
        onClose={() => setEnding(null)}
        deed={async () => {
          if (ending) await send(at("/feeds/{id}/end", { id: ending.id }));
          list.again();
        }}
        words={{ cancel: all.cancel, ...t.end }}
      >
        <p>
          <b>{ending?.label}</b>
        </p>
      </EvidenceModal>
    </Card>
  );
}

function State({ feed }: { feed: FeedRow }) {
  const t = useWords(words).feeds;
  const { lasting, moment } = useFormat();
  const stands = feedStanding(feed, Date.now() / 1000);
  switch (stands.is) {
    case "heard":
      return <Standing tone="fine">{t.heard}</Standing>;
    case "never":
      return <Standing tone="late">{t.never}</Standing>;
    case "silent":
      return <Standing tone="late">{t.silent(lasting(stands.for_s))}</Standing>;
    case "ended":
      return <Standing tone="gone">{t.ended(moment(stands.at))}</Standing>;
  }
}
