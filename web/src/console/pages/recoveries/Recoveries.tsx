// Recoveries that wait for a colleague or for a second look; the counter asks here, whoever was drawn answers here.
// It does not know what the resident's phone makes of it.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { RecoveryRow } from "../../../api/types";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { Queue } from "../../parts/queue";
import { Empty, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { BeginRecovery } from "./BeginRecovery";
import { LookAt } from "./LookAt";
import { words } from "./recoveries.words";

export default function Recoveries() {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const [asking, setAsking] = useState(false);
  const [looking, setLooking] = useState<RecoveryRow | null>(null);
  const list = useRead(at("/manage/recoveries"));
  useHeadNote(t.note);
  return (
    <>
      <Queue list={list} again={t.again} begin={me.role === "system" && { title: t.begin, press: () => setAsking(true) }}>
        <Listing<RecoveryRow>
          rowKey="id"
          rows={list.data ?? []}
          empty={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />}
          columns={[
            { title: t.head.resident, dataIndex: "name_masked", rowScope: "row", render: (name: string) => <b className="nowrap">{name}</b> },
            { title: t.head.number, dataIndex: "number", render: (number: string) => <code className="nowrap">{number}</code> },
            { title: t.head.evidence, dataIndex: "evidence" },
            { title: t.head.officers, key: "officers", render: (_, one) => <span className="nowrap">{`${one.officer} → ${one.approver}`}</span> },
            { title: t.head.asked, dataIndex: "asked_at", render: (since: number) => <span className="nowrap">{moment(since)}</span> },
            {
              title: t.head.state,
              key: "state",
              render: (_, one) => <Standing tone={one.state === "asked" ? "late" : "plain"}>{one.to_review ? t.review : t.states[one.state]}</Standing>,
            },
            {
              title: <ActionsHead />,
              key: "do",
              render: (_, one) =>
                (one.yours || one.to_review) && (
                  <Button size="small" onClick={() => setLooking(one)}>
                    {one.yours ? t.press : t.pressReview}
                  </Button>
                ),
            },
          ]}
        />
      </Queue>
      <BeginRecovery open={asking} onClose={() => setAsking(false)} changed={list.again} />
      <LookAt one={looking} onClose={() => setLooking(null)} changed={list.again} />
    </>
  );
}
