// Deaths that wait: for a second source, or for their thirty days; each can be taken back.
// It does not know what ends with a person.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { DeathRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Queue } from "../../parts/queue";
import { Empty, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { Alone } from "./Alone";
import { words } from "./deaths.words";
import { ReportDeath } from "./ReportDeath";

export default function Deaths() {
  const t = useWords(words);
  const { moment } = useFormat();
  const [reporting, setReporting] = useState<string | null>(null);
  const [undoing, setUndoing] = useState<string | null>(null);
  const list = useRead(at("/manage/deaths"));
  // A death raises a child without a guardian below, and one that is taken back clears it.
  const [turn, setTurn] = useState(0);
  const changed = (): void => {
    list.again();
    setTurn(turn + 1);
  };
  useHeadNote(t.note);
  const undo = async (reason: string): Promise<void> => {
    if (undoing) await send(at("/residents/{id}/death/undo", { id: undoing }), { reason });
    changed();
  };
  return (
    <>
      <Queue list={{ problem: list.problem, again: changed }} again={t.again} begin={{ title: t.report, danger: true, press: () => setReporting("") }}>
        <Listing<DeathRow>
          rowKey="resident"
          rows={list.data ?? []}
          empty={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />}
          columns={[
            { title: t.head.resident, dataIndex: "name_masked", rowScope: "row", render: (name: string) => <b className="nowrap">{name}</b> },
            { title: t.head.source, key: "source", render: (_, one) => t.sources[one.source] },
            { title: t.head.evidence, dataIndex: "evidence" },
            { title: t.head.by, dataIndex: "reported_by" },
            { title: t.head.at, dataIndex: "reported_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
            { title: t.head.state, key: "state", render: (_, one) => <Standing tone="late">{one.final_from ? t.final(moment(one.final_from)) : t.states[one.state]}</Standing> },
            {
              title: <ActionsHead />,
              key: "do",
              render: (_, one) => (
                <>
                  {one.yours && (
                    <Button size="small" onClick={() => setReporting(one.resident)}>
                      {t.confirm}
                    </Button>
                  )}
                  <Button size="small" danger onClick={() => setUndoing(one.resident)}>
                    {t.undo}
                  </Button>
                </>
              ),
            },
          ]}
        />
      </Queue>
      <Alone key={turn} />
      <ReportDeath resident={reporting} onClose={() => setReporting(null)} changed={changed} />
      <EvidenceModal
        open={undoing !== null}
        onClose={() => setUndoing(null)}
        deed={undo}
        words={{ title: t.undoTitle, lead: t.undoLead, ok: t.undo, cancel: t.cancel, evidence: t.reason }}
      />
    </>
  );
}
