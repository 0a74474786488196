// The visits that this officer began today: each with what may be done and until when, and a way to end it.
// It does not know what the kiosk shows.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { VisitRow } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { Queue } from "../../parts/queue";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { BeginVisit } from "./BeginVisit";
import { words } from "./visits.words";

export default function Visits() {
  const t = useWords(words);
  const { language } = useLanguage();
  const { moment } = useFormat();
  const [beginning, setBeginning] = useState(false);
  const list = useRead(at("/manage/visits"), 15);
  const { busy, problem, run } = useDeed();
  useHeadNote(t.note);
  const end = async (id: string): Promise<void> => {
    await run(() => send(at("/manage/visits/{id}/end", { id })));
    list.again();
  };
  return (
    <>
      <Queue list={list} again={t.again} begin={{ title: t.begin, press: () => setBeginning(true) }} said={problem && <Failed problem={problem} />}>
        <Listing<VisitRow>
          rowKey="id"
          rows={list.data ?? []}
          empty={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />}
          columns={[
            { title: t.head.resident, dataIndex: "name_masked", rowScope: "row", render: (name: string) => <b className="nowrap">{name}</b> },
            { title: t.head.place, key: "place", render: (_, one) => one.place[language] },
            { title: t.head.kiosk, dataIndex: "kiosk" },
            { title: t.head.deeds, key: "deeds", render: (_, one) => one.deeds.map((deed) => t.words[deed]).join(language === "zh" ? "、" : ", ") },
            { title: t.head.until, dataIndex: "until_at", render: (until: number) => <span className="nowrap">{moment(until)}</span> },
            { title: t.head.state, key: "state", render: (_, one) => <Standing tone={one.state === "open" ? "late" : "plain"}>{t.states[one.state]}</Standing> },
            {
              title: <ActionsHead />,
              key: "do",
              render: (_, one) =>
                one.state !== "ended" && (
                  <Button size="small" danger loading={busy} onClick={() => void end(one.id)}>
                    {t.end}
                  </Button>
                ),
            },
          ]}
        />
      </Queue>
      <BeginVisit open={beginning} onClose={() => setBeginning(false)} changed={list.again} />
    </>
  );
}
