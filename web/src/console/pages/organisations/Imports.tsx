// Imports of organisations, of posts and of representatives: what the dry run counted, the second person's approval, and the way back.
// It does not run a file: that is done at the command line.
import { useState } from "react";
import { at } from "../../../api/at";
import type { OrganisationImport } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Listing } from "../../parts/Listing";
import { Failed } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useMe } from "../../shell/session";
import { shortId } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./organisations.words";

const TONES: Record<OrganisationImport["state"], Tone> = { proposed: "late", running: "plain", done: "fine", undone: "gone" };

export function Imports() {
  const all = useWords(words);
  const t = all.imports;
  const me = useMe();
  const list = useRead(at("/organisations/imports"));
  const [undoing, setUndoing] = useState<OrganisationImport | null>(null);
  const { problem, run } = useDeed();
  const approve = async (one: OrganisationImport): Promise<void> => {
    await run(() => send(at("/organisations/imports/{id}/approve", { id: one.id })));
    list.again();
  };
  const fault = problem ?? list.problem;
  return (
    <Card title={t.title} note={t.note} className="imports">
      {fault && <Failed problem={fault} />}
      <Listing<OrganisationImport>
        rowKey="id"
        rows={list.data?.imports ?? []}
        empty={t.none}
        columns={[
          {
            title: t.head.source,
            dataIndex: "source",
            rowScope: "row",
            render: (source: string, one) => (
              <>
                {source}
                {one.signed_by && (
                  <small className="under quiet">
                    {t.signed} <code title={one.signed_by}>{shortId(one.signed_by)}</code>
                  </small>
                )}
              </>
            ),
          },
          { title: t.head.kind, dataIndex: "kind", render: (kind: OrganisationImport["kind"]) => t.kinds[kind] },
          { title: t.head.counts, key: "counts", render: (_, one) => one.kind === "representatives" ? t.people(one.rows, one.new, one.differs, one.rejected) : (one.kind === "posts" ? t.posts : t.counts)(one.rows, one.new, one.known, one.rejected) },
          { title: t.head.state, dataIndex: "state", render: (state: OrganisationImport["state"]) => <Standing tone={TONES[state]}>{t.states[state]}</Standing> },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, one) => (
              <>
                {one.state === "proposed" && (
                  <button type="button" className="press" onClick={() => void approve(one)}>
                    {t.approve}
                    <span className="away">{one.source}</span>
                  </button>
                )}
                {me.role === "system" && (one.state === "running" || one.state === "done") && (
                  <button type="button" className="press stop" onClick={() => setUndoing(one)}>
                    {t.undo.press}
                    <span className="away">{one.source}</span>
                  </button>
                )}
              </>
            ),
          },
        ]}
      />
      <EvidenceModal
        open={undoing !== null}
        stop
        onClose={() => setUndoing(null)}
        deed={async (reason) => {
          if (undoing) await send(at("/organisations/imports/{id}/undo", { id: undoing.id }), { reason });
          list.again();
        }}
        words={{ evidence: all.reason, cancel: all.cancel, ...t.undo }}
      />
    </Card>
  );
}
