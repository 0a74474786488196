// Whoever has no guardian any more: the civil affairs office sees to it, and says how.
import { useState } from "react";
import { at } from "../../../api/at";
import type { WardAlone } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./deaths.words";

export function Alone() {
  const { alone: t, reason: evidence, cancel } = useWords(words);
  const { moment } = useFormat();
  const [seeing, setSeeing] = useState<string | null>(null);
  const list = useRead(at("/manage/wards-alone"));
  const seen = async (how: string): Promise<void> => {
    await send(at("/residents/{id}/ward-alone/end", { id: seeing ?? "" }), { how });
    list.again();
  };
  return (
    <Card title={t.title} note={t.note}>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <Listing<WardAlone>
        rowKey="resident"
        rows={list.data ?? []}
        empty={list.data ? <Empty title={t.none} /> : <Waiting />}
        columns={[
          { title: t.who, dataIndex: "name_masked", rowScope: "row" },
          { title: t.why, dataIndex: "reason", render: (reason: string) => t.reasons[reason] ?? reason },
          { title: t.since, dataIndex: "at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, one) => (
              <button type="button" className="press" onClick={() => setSeeing(one.resident)}>
                {t.press}
                <span className="away">{one.name_masked}</span>
              </button>
            ),
          },
        ]}
      />
      <EvidenceModal open={seeing !== null} onClose={() => setSeeing(null)} deed={seen} words={{ evidence, cancel, title: t.press, lead: t.lead, ok: t.ok }} />
    </Card>
  );
}
