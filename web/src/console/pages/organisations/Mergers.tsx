// Organisations that go on in another: proposed, decided by a colleague, called off until their day, and how far people were told.
// It does not know who is told.
import { useState } from "react";
import { at } from "../../../api/at";
import type { Merger } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Failed } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./mergers.words";

const TONES: Record<Merger["state"], Tone> = { proposed: "late", approved: "plain", in_force: "fine", refused: "gone", withdrawn: "gone" };

/** Those of one organisation, or all; nothing where there are none. */
export function Mergers({ of }: { of?: string }) {
  const t = useWords(words);
  const me = useMe();
  const { date, number } = useFormat();
  const list = useRead(at("/organisations/mergers"));
  const { busy, problem, run } = useDeed();
  const [off, setOff] = useState<Merger | null>(null);
  const rows = (list.data?.mergers ?? []).filter((one) => of === undefined || one.merged === of || one.successor === of);
  const decide = async (one: Merger, what: "approve" | "refuse"): Promise<void> => {
    await run(() => send(at(`/organisations/mergers/{id}/${what}`, { id: one.id })));
    list.again();
  };
  const fault = problem ?? list.problem;
  if (rows.length === 0 && !fault) return null;
  const link = (id: string, name: string) => (
    <a className="go" href={href("organisations", id)}>
      {name}
    </a>
  );
  return (
    <Card title={t.title} note={t.note} className="named">
      {fault && <Failed problem={fault} again={list.again} />}
      <Listing<Merger>
        rowKey="id"
        rows={rows}
        columns={[
          { title: t.head.merged, dataIndex: "merged_name", rowScope: "row", render: (name: string, one) => link(one.merged, name) },
          { title: t.head.successor, dataIndex: "successor_name", render: (name: string, one) => link(one.successor, name) },
          { title: t.head.effect, dataIndex: "effect_at", render: (when: number) => <span className="nowrap">{date(when)}</span> },
          {
            title: t.head.word,
            dataIndex: "reference",
            render: (reference: string, one) => (
              <>
                {reference}
                <small className="under quiet">{t.contact(one.contact)}</small>
              </>
            ),
          },
          {
            title: t.head.state,
            dataIndex: "state",
            render: (state: Merger["state"], one) => (
              <>
                <Standing tone={TONES[state]}>{t.states[state]}</Standing>
                {one.told > 0 && <small className="under quiet">{t.told(number(one.told), one.all_told)}</small>}
              </>
            ),
          },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, one) => (
              <>
                {one.state === "proposed" && !one.may_decide && <span className="quiet">{t.own}</span>}
                {one.may_decide &&
                  may(me.role, "decide_merger") &&
                  (["approve", "refuse"] as const).map((what) => (
                    <button key={what} type="button" className={what === "refuse" ? "press stop" : "press"} disabled={busy} onClick={() => void decide(one, what)}>
                      {t[what]}
                      <span className="away">{one.merged_name}</span>
                    </button>
                  ))}
                {(one.state === "proposed" || one.state === "approved") && may(me.role, "withdraw_merger") && (
                  <button type="button" className="press stop" onClick={() => setOff(one)}>
                    {t.off.press}
                    <span className="away">{one.merged_name}</span>
                  </button>
                )}
              </>
            ),
          },
        ]}
      />
      <EvidenceModal
        open={off !== null}
        stop
        onClose={() => setOff(null)}
        deed={async (reason) => {
          if (off) await send(at("/organisations/mergers/{id}/withdraw", { id: off.id }), { reason });
          list.again();
        }}
        words={{ evidence: t.reason, cancel: t.cancel, ...t.off }}
      />
    </Card>
  );
}
