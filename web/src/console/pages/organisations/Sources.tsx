// Sources of import files and the keys that sign them: proposed by one, approved by a colleague who asked the source, ended at once.
// It does not check a signature: the import does.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { SourceRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { AddSource } from "./AddSource";
import { words } from "./sources.words";

const TONES: Record<SourceRow["state"], Tone> = { proposed: "late", over: "gone", active: "fine", withdrawn: "gone", ended: "gone" };

export function Sources() {
  const t = useWords(words);
  const me = useMe();
  const list = useRead(at("/sources"));
  const [adding, setAdding] = useState(false);
  const [approving, setApproving] = useState<SourceRow | null>(null);
  const [ending, setEnding] = useState<SourceRow | null>(null);
  const closed = list.data?.closed ?? true;
  const add = may(me.role, "propose_source") && (
    <Button onClick={() => setAdding(true)}>
      <Icon name="add" small />
      {t.add}
    </Button>
  );
  const { title, key, unsigned, first, ok, sure, needSure } = t.sure;
  const lead = approving?.kid ? key : unsigned;
  return (
    <Card title={t.title} note={closed ? t.closed : t.open} aside={add} className="sources named">
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <Rows rows={list.data?.items ?? []} nothing={list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />} approve={setApproving} end={setEnding} />
      <AddSource open={adding} onClose={() => setAdding(false)} changed={list.again} />
      <EvidenceModal
        open={approving !== null}
        words={{ title, lead: closed ? lead : `${lead} ${first}`, ok, sure, needSure, cancel: t.cancel }}
        onClose={() => setApproving(null)}
        deed={async () => {
          if (approving) await send(at("/sources/{id}/approve", { id: approving.id }));
          list.again();
        }}
      >
        {approving && (
          <p>
            <b>{approving.source}</b> · {approving.reason}
            <br />
            <Key one={approving} />
          </p>
        )}
      </EvidenceModal>
      <EvidenceModal
        open={ending !== null}
        stop
        words={{ evidence: t.reason, cancel: t.cancel, ...(ending?.state === "active" ? t.end : t.off) }}
        onClose={() => setEnding(null)}
        deed={async (reason) => {
          if (ending) await send(at("/sources/{id}/end", { id: ending.id }), { reason });
          list.again();
        }}
      >
        {ending && (
          <p>
            <b>{ending.source}</b> · <Key one={ending} />
          </p>
        )}
      </EvidenceModal>
    </Card>
  );
}

/** A thumbprint is read out letter by letter, so it stands there whole. */
function Key({ one }: { one: SourceRow }) {
  const t = useWords(words);
  return one.kid ? (
    <span className="kid">
      {one.alg} <code>{one.kid}</code>
    </span>
  ) : (
    <>{t.unsigned}</>
  );
}

interface RowsProps {
  rows: SourceRow[];
  nothing: React.ReactNode;
  approve: (one: SourceRow) => void;
  end: (one: SourceRow) => void;
}

function Rows({ rows, nothing, approve, end }: RowsProps) {
  const t = useWords(words);
  const me = useMe();
  const { moment } = useFormat();
  const presses = (one: SourceRow): React.ReactNode => (
    <>
      {one.state === "proposed" && !one.may_decide && <span className="quiet">{t.own}</span>}
      {one.may_decide && may(me.role, "approve_source") && (
        <button type="button" className="press" onClick={() => approve(one)}>
          {t.approve}
          <span className="away">{one.source}</span>
        </button>
      )}
      {(one.state === "proposed" || one.state === "active") && may(me.role, "end_source") && (
        <button type="button" className="press stop" onClick={() => end(one)}>
          {(one.state === "active" ? t.end : t.off).press}
          <span className="away">{one.source}</span>
        </button>
      )}
    </>
  );
  return (
    <Listing<SourceRow>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        {
          title: t.head.source,
          dataIndex: "source",
          rowScope: "row",
          render: (source: string, one) => (
            <>
              {source}
              <small className="under quiet">{one.reason}</small>
            </>
          ),
        },
        { title: t.head.key, key: "key", render: (_, one) => <Key one={one} /> },
        {
          title: t.head.by,
          key: "by",
          render: (_, one) => (
            <>
              {one.proposed_by ?? t.machine}
              <small className="under quiet nowrap">{moment(one.proposed_at)}</small>
            </>
          ),
        },
        {
          title: t.head.state,
          dataIndex: "state",
          render: (state: SourceRow["state"], one) => (
            <>
              <Standing tone={TONES[state]}>{t.states[state]}</Standing>
              {one.decided_by && <small className="under quiet">{one.decided_by}</small>}
            </>
          ),
        },
        { title: <ActionsHead />, key: "do", align: "right", render: (_, one) => presses(one) },
      ]}
    />
  );
}
