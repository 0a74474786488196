// Which residents operators are: who is not named yet, what one operator proposed and another one answers, and whether the province
// asks for it. It shows no ID number, and a masked name to whoever decides alone.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { OperatorNameRow } from "../../../api/types";
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

const TONES: Record<OperatorNameRow["state"], Tone> = { proposed: "late", agreed: "late", confirmed: "fine", refused: "stop", over: "gone" };

interface Props {
  rows: OperatorNameRow[];
  /** Nobody opens a file whose own is not known. */
  alone: boolean;
  /** Operators in post whose resident is not known. */
  unnamed: number;
  again: () => void;
}

export function Names({ rows, alone, unnamed, again }: Props) {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const [agreeing, setAgreeing] = useState<OperatorNameRow | null>(null);
  const [asking, setAsking] = useState(false);
  const { busy, problem, run } = useDeed();
  const answer = async (one: OperatorNameRow, confirm: boolean): Promise<void> => {
    await send(at("/manage/operator-names/{id}/answer", { id: one.id }), { confirm });
    again();
  };
  const presses = (one: OperatorNameRow): React.ReactNode => {
    if (one.state !== "proposed" || !may(me.role, "agree_operator_name")) return null;
    if (!one.may_decide) return <span className="quiet">{t.named.own}</span>;
    return (
      <>
        <button type="button" className="press" disabled={busy} onClick={() => setAgreeing(one)}>
          {t.named.agree}
          <span className="away">{one.name}</span>
        </button>
        <button type="button" className="press stop" disabled={busy} onClick={() => void run(() => answer(one, false))}>
          {t.refuse}
          <span className="away">{one.name}</span>
        </button>
      </>
    );
  };
  return (
    <Card title={t.named.list} className="names">
      <p className="lead">{alone ? t.named.alone.on(unnamed) : t.named.alone.off(unnamed)}</p>
      {!alone && may(me.role, "require_named") && (
        <Button onClick={() => setAsking(true)} className="ask-names">
          {t.named.alone.press}
        </Button>
      )}
      {problem && <Failed problem={problem} />}
      {rows.length > 0 && (
        <Listing<OperatorNameRow>
          rowKey="id"
          rows={rows}
          columns={[
            { title: t.head.name, dataIndex: "name", rowScope: "row", render: (name: string) => <b>{name}</b> },
            { title: t.head.person, dataIndex: "person" },
            { title: t.named.resident, dataIndex: "resident", render: (name?: string) => name ?? "—" },
            { title: t.head.by, dataIndex: "proposed_by" },
            { title: t.head.at, dataIndex: "proposed_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
            { title: t.head.state, dataIndex: "state", render: (state: OperatorNameRow["state"]) => <Standing tone={TONES[state]}>{t.named.states[state]}</Standing> },
            { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
          ]}
        />
      )}
      <EvidenceModal
        open={agreeing !== null}
        words={{ ...t.named.sure, cancel: t.cancel }}
        onClose={() => setAgreeing(null)}
        deed={async () => {
          if (agreeing) await answer(agreeing, true);
        }}
      >
        {agreeing && (
          <p>
            <b>{agreeing.name}</b> · {agreeing.person} → <b>{agreeing.resident}</b>
          </p>
        )}
      </EvidenceModal>
      <EvidenceModal
        stop
        open={asking}
        words={{ ...t.named.aloneSure, cancel: t.cancel }}
        onClose={() => setAsking(false)}
        deed={async () => {
          await send(at("/manage/operators/named"), { named: true });
          again();
        }}
      />
    </Card>
  );
}
