// Searches of the uses of one person: asked for in a case, approved by somebody else, read for a week.
// It does not know who stands behind an id; the server decides who must keep out.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { AuditDelay, AuditSearch } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { useMe } from "../../shell/session";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { AskSearch } from "./AskSearch";
import { words } from "./audit.words";
import { FurtherOrder, Orders } from "./Order";
import { PersonUses } from "./PersonUses";

const TONES: Record<AuditSearch["state"], Tone> = { waiting: "late", approved: "fine", refused: "gone" };

export default function Audit() {
  const t = useWords(words);
  const me = useMe();
  const trail = useTrail("");
  const list = useRead(at("/manage/audit-searches", {}, { after: trail.after }));
  const [asking, setAsking] = useState(false);
  const [reading, setReading] = useState<AuditSearch | null>(null);
  const [going, setGoing] = useState<AuditSearch | null>(null);
  const { problem, busy, run } = useDeed();
  useHeadNote(t.note);
  const answer = async (one: AuditSearch, approve: boolean): Promise<void> => {
    await run(() => send(at("/manage/audit-searches/{id}/answer", { id: one.id }), { approve }));
    list.again();
  };
  const answerOrder = async (one: AuditDelay, approve: boolean): Promise<void> => {
    await run(() => send(at("/manage/audit-delays/{id}/answer", { id: one.id }), { approve }));
    list.again();
  };
  if (reading) return <PersonUses search={reading} back={() => setReading(null)} />;
  const fault = problem ?? list.problem;
  const ask = me.role === "audit" && (
    <Button type="primary" onClick={() => setAsking(true)}>
      {t.ask.press}
    </Button>
  );
  return (
    <>
      {ask && <Bench action={ask}>{null}</Bench>}
      {fault && <Failed problem={fault} again={list.again} />}
      <section className="card">
        <Rows rows={list.data?.items ?? []} busy={busy} answer={answer} order={answerOrder} further={setGoing} read={setReading} nothing={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />} />
        <Paging trail={trail} next={list.data?.next} />
      </section>
      <FurtherOrder search={going} onClose={() => setGoing(null)} changed={list.again} />
      <AskSearch open={asking} onClose={() => setAsking(false)} changed={list.again} />
    </>
  );
}

interface RowsProps {
  rows: AuditSearch[];
  busy: boolean;
  nothing: React.ReactNode;
  answer: (one: AuditSearch, approve: boolean) => Promise<void>;
  order: (one: AuditDelay, approve: boolean) => Promise<void>;
  further: (one: AuditSearch) => void;
  read: (one: AuditSearch) => void;
}

function Rows({ rows, busy, nothing, answer, order, further, read }: RowsProps) {
  const t = useWords(words);
  const { moment } = useFormat();
  const now_s = Date.now() / 1000;
  const presses = (one: AuditSearch): React.ReactNode => {
    const hidden = one.orders.some((delay) => delay.state === "agreed" && delay.until_at > now_s);
    if (one.own && (hidden || one.state === "approved")) {
      return (
        <>
          {one.state === "approved" && (one.until_at ?? 0) > now_s && <Press says={t.read} about={one.case_number} press={() => read(one)} />}
          {hidden && <Press says={t.order.press} about={one.case_number} press={() => further(one)} />}
        </>
      );
    }
    if (one.own || one.state !== "waiting" || busy) return null;
    return (
      <>
        <Press says={t.approve} about={one.case_number} press={() => void answer(one, true)} />
        <Press says={t.refuse} about={one.case_number} press={() => void answer(one, false)} stop />
      </>
    );
  };
  return (
    <Listing<AuditSearch>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        { title: t.head.case, dataIndex: "case_number", rowScope: "row" },
        { title: t.head.purpose, dataIndex: "purpose" },
        { title: t.head.person, dataIndex: "person", render: (id: string) => <code title={id}>{shortId(id)}</code> },
        { title: t.head.span, key: "span", render: (_, one) => `${moment(one.from)} – ${moment(one.to)}` },
        {
          title: t.head.asked,
          dataIndex: "asked_at",
          render: (asked: number, one) => (
            <>
              <span className="nowrap">{moment(asked)}</span> {one.own && <small className="quiet">{t.own}</small>}
            </>
          ),
        },
        {
          title: t.head.state,
          dataIndex: "state",
          render: (state: AuditSearch["state"], one) => (
            <>
              <Standing tone={TONES[state]}>{t.states[state]}</Standing> {one.until_at && <small className="quiet">{t.until(moment(one.until_at))}</small>}
              <Orders search={one} busy={busy} answer={order} />
            </>
          ),
        },
        { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
      ]}
    />
  );
}

function Press({ says, about, press, stop }: { says: string; about: string; press: () => void; stop?: boolean }) {
  return (
    <button type="button" className={stop ? "press stop" : "press"} onClick={press}>
      {says}
      <span className="away">{about}</span>
    </button>
  );
}
