// What was proposed for keys and what was done to them at once: each waits for another person. It moves no key itself.
import { useState } from "react";
import { at } from "../../../api/at";
import type { KeyDeedRow } from "../../../api/types";
import { send } from "../../api/client";
import { type Reading, useDeed } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./key-deeds.words";

const TONES: Record<KeyDeedRow["state"], Tone> = {
  proposed: "late",
  agreed: "fine",
  refused: "gone",
  over: "gone",
  unseen: "late",
  late: "stop",
  seen: "fine",
  disputed: "stop",
};

export function KeyDeeds({ list }: { list: Reading<{ items: KeyDeedRow[] }> }) {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const [agreeing, setAgreeing] = useState<KeyDeedRow | null>(null);
  const { busy, problem, run } = useDeed();
  const answer = async (one: KeyDeedRow, agree: boolean): Promise<void> => {
    await send(at("/keys/deeds/{id}/answer", { id: one.id }), { agree });
    list.again();
  };
  const presses = (one: KeyDeedRow): React.ReactNode => {
    if (!["proposed", "unseen", "late"].includes(one.state) || !may(me.role, "agree_key_deed")) return null;
    if (!one.may_decide) return <span className="quiet">{t.own}</span>;
    const done = one.state !== "proposed";
    return (
      <>
        <button type="button" className="press" disabled={busy} onClick={() => (done ? void run(() => answer(one, true)) : setAgreeing(one))}>
          {done ? t.right : t.agree}
          <span className="away">{t.what[one.what]}</span>
        </button>
        <button type="button" className="press stop" disabled={busy} onClick={() => void run(() => answer(one, false))}>
          {done ? t.dispute : t.refuse}
          <span className="away">{t.what[one.what]}</span>
        </button>
      </>
    );
  };
  const fault = problem ?? list.problem;
  return (
    <Card title={t.title} note={t.note} className="key-deeds">
      {fault && <Failed problem={fault} again={list.again} />}
      <Listing<KeyDeedRow>
        rowKey="id"
        rows={list.data?.items ?? []}
        empty={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />}
        columns={[
          {
            title: t.head.what,
            dataIndex: "what", rowScope: "row", render: (what: KeyDeedRow["what"], one) => (
              <>
                <b>{t.what[what]}</b> {one.kid && <code>{one.kid}</code>}
              </>
            ),
          },
          { title: t.head.reason, dataIndex: "reason" },
          { title: t.head.by, key: "by", render: (_, one) => one.proposed_by ?? t.machine },
          { title: t.head.at, dataIndex: "proposed_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          {
            title: t.head.state,
            dataIndex: "state",
            render: (state: KeyDeedRow["state"], one) => (
              <>
                <Standing tone={TONES[state]}>{t.states[state]}</Standing> {one.decided_by && <small className="quiet">{one.decided_by}</small>}
              </>
            ),
          },
          { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
        ]}
      />
      <EvidenceModal
        open={agreeing !== null}
        words={{ ...t.sure, cancel: t.cancel }}
        onClose={() => setAgreeing(null)}
        deed={async () => {
          if (agreeing) await answer(agreeing, true);
        }}
      >
        {agreeing && (
          <p>
            <b>{t.what[agreeing.what]}</b> {agreeing.kid && <code>{agreeing.kid}</code>} · {agreeing.reason}
          </p>
        )}
        {typeof agreeing?.cards === "number" && <p className="cards-end">{t.sure.cards(agreeing.cards)}</p>}
      </EvidenceModal>
    </Card>
  );
}
