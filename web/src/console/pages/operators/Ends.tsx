// Ends of posts that one operator proposed and another one confirms. It does not know who has to go.
import { useState } from "react";
import { at } from "../../../api/at";
import type { OperatorEndRow } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Failed } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./operators.words";

const TONES: Record<OperatorEndRow["state"], Tone> = { proposed: "late", confirmed: "gone", refused: "fine", over: "gone" };

export function Ends({ rows, again }: { rows: OperatorEndRow[]; again: () => void }) {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const [sure, setSure] = useState<OperatorEndRow | null>(null);
  const { busy, problem, run } = useDeed();
  const answer = async (one: OperatorEndRow, confirm: boolean): Promise<void> => {
    await send(at("/manage/operator-ends/{id}/answer", { id: one.id }), { confirm });
    again();
  };
  const presses = (one: OperatorEndRow): React.ReactNode => {
    if (one.state !== "proposed" || !may(me.role, "confirm_operator")) return null;
    if (!one.may_decide) return <span className="quiet">{t.own}</span>;
    return (
      <>
        <button type="button" className="press stop" disabled={busy} onClick={() => setSure(one)}>
          {t.endSure.press}
          <span className="away">{one.name}</span>
        </button>
        <button type="button" className="press" disabled={busy} onClick={() => void run(() => answer(one, false))}>
          {t.refuse}
          <span className="away">{one.name}</span>
        </button>
      </>
    );
  };
  return (
    <Card title={t.ends} className="ends">
      {problem && <Failed problem={problem} />}
      <Listing<OperatorEndRow>
        rowKey="id"
        rows={rows}
        columns={[
          { title: t.head.name, dataIndex: "name", rowScope: "row", render: (name: string) => <b>{name}</b> },
          { title: t.why.label, dataIndex: "reason" },
          { title: t.head.by, dataIndex: "proposed_by" },
          { title: t.head.at, dataIndex: "proposed_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          { title: t.head.state, dataIndex: "state", render: (state: OperatorEndRow["state"]) => <Standing tone={TONES[state]}>{t.endStates[state]}</Standing> },
          { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
        ]}
      />
      <EvidenceModal
        stop
        open={sure !== null}
        words={{ ...t.endSure, cancel: t.cancel }}
        onClose={() => setSure(null)}
        deed={async () => {
          if (sure) await answer(sure, true);
        }}
      >
        {sure && (
          <p>
            <b>{sure.name}</b> · {sure.reason}
          </p>
        )}
      </EvidenceModal>
    </Card>
  );
}
