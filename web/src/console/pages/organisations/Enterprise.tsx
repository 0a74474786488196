// What is particular to an enterprise: its legal representative and agents, and what was filed for it.
// It never shows what a filing says; names come masked.
import { Button, Form, Input, Table } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { ActsFor, FiledRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { Card } from "../../parts/card";
import { FormModal, needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Empty, Failed, Waiting } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./organisation.words";

const TONES: Record<ActsFor["state"], Tone> = { pending: "late", active: "fine", suspended: "late" };
const FEN = 100;

export function Enterprise({ organisation, open, changed }: { organisation: string; open: boolean; changed: () => void }) {
  const all = useWords(words);
  const t = all.people;
  const me = useMe();
  const card = useRead(at("/organisations/{id}/enterprise", { id: organisation }));
  const [proposing, setProposing] = useState(false);
  const propose = open && may(me.role, "propose_representative") && (
    <Button onClick={() => setProposing(true)}>
      <Icon name="add" small />
      {t.propose}
    </Button>
  );
  return (
    <>
      <Card title={t.title} note={t.note} aside={propose} className="acts-for">
        {card.problem && <Failed problem={card.problem} again={card.again} />}
        <People rows={card.data?.people ?? []} nothing={card.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />} />
      </Card>
      <Filings rows={card.data?.filings ?? []} busy={card.busy && !card.data} />
      <FormModal<{ resident: string; reference: string }>
        open={proposing}
        title={t.form.title}
        lead={t.form.lead}
        ok={t.form.ok}
        cancel={all.cancel}
        onClose={() => setProposing(false)}
        deed={async ({ resident, reference }) => {
          await send(at("/organisations/{id}/representative", { id: organisation }), { resident: resident.trim(), reference: reference.trim() });
          changed();
        }}
      >
        <Form.Item name="resident" label={t.form.resident} extra={t.form.residentHint} rules={needed(all.need)}>
          <Input maxLength={30} autoFocus spellCheck={false} />
        </Form.Item>
        <Form.Item name="reference" label={t.form.reference} rules={needed(all.need)}>
          <Input maxLength={200} />
        </Form.Item>
      </FormModal>
    </>
  );
}

function People({ rows, nothing }: { rows: ActsFor[]; nothing: React.ReactNode }) {
  const t = useWords(words).people;
  const { date, number } = useFormat();
  return (
    <Table<ActsFor>
      className="stacks"
      rowKey="id"
      size="small"
      dataSource={rows}
      pagination={false}
      locale={{ emptyText: nothing }}
      columns={stacked<ActsFor>([
        { title: t.head.name, dataIndex: "name_masked", rowScope: "row", render: (name: string) => <b>{name}</b> },
        {
          title: t.head.as,
          key: "as",
          render: (_, one) => (
            <>
              {one.represents ? t.represents : t.agent}
              {!one.represents && one.may_appoint && <small className="under quiet">{t.mayAppoint}</small>}
            </>
          ),
        },
        { title: t.head.services, key: "services", render: (_, one) => (one.represents ? t.everything : one.services.map((service) => t.services[service]).join(" · ") || "—") },
        { title: t.head.limit, key: "limit", render: (_, one) => (one.limit_amount == null ? t.noLimit : t.yuan(number(one.limit_amount / FEN))) },
        { title: t.head.until, dataIndex: "until_at", render: (until: number) => <span className="nowrap">{date(until)}</span> },
        { title: t.head.state, dataIndex: "state", render: (state: ActsFor["state"]) => <Standing tone={TONES[state]}>{t.states[state]}</Standing> },
      ])}
    />
  );
}

function Filings({ rows, busy }: { rows: FiledRow[]; busy: boolean }) {
  const all = useWords(words);
  const t = all.filings;
  const { moment } = useFormat();
  return (
    <Card title={t.title} note={t.note}>
      <Table<FiledRow>
        className="stacks"
        rowKey="id"
        size="small"
        dataSource={rows}
        pagination={false}
        locale={{ emptyText: busy ? <Waiting /> : <p className="quiet">{t.none}</p> }}
        columns={stacked<FiledRow>([
          { title: t.head.service, dataIndex: "service", rowScope: "row", render: (service: FiledRow["service"]) => all.people.services[service] },
          { title: t.head.by, dataIndex: "by_masked" },
          { title: t.head.at, dataIndex: "lodged_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          { title: t.head.state, dataIndex: "state", render: (state: FiledRow["state"]) => <Standing tone={state === "lodged" ? "plain" : "gone"}>{t.states[state]}</Standing> },
        ])}
      />
    </Card>
  );
}
