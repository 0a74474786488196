// The province's public keys: what each is for, when it counts, how it stands; the root fingerprint; what two persons do to them.
// No private key is ever known to a page.
import { App, Button, Radio } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { KeyRow } from "../../../api/types";
import { useRead } from "../../api/use";
import { Bench, Card } from "../../parts/card";
import { ActionsHead } from "../../parts/actions-head";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named } from "../../words/terms";
import { KeyDeeds } from "./KeyDeeds";
import { words } from "./keys.words";
import { Roles } from "./Roles";
import { standingOf, suiteName, type KeyStanding } from "./standing";

const TONES: Record<KeyStanding, Tone> = {
  assigned: "plain",
  active: "plain",
  retired: "gone",
  withdrawn: "stop",
  destroyed: "gone",
};
/** As the server takes them. */
const PROPOSALS = ["paper_es256", "paper_sm2", "tokens"] as const;
type Proposal = (typeof PROPOSALS)[number];
/** Civil day 0, 2020-01-01 at midnight of the province. */
const DAY_ZERO_AT = 1_577_808_000;
const DAY_S = 86_400;

export default function Keys() {
  const t = useWords(words);
  const me = useMe();
  const [proposing, setProposing] = useState(false);
  const [stopping, setStopping] = useState(false);
  const [withdrawing, setWithdrawing] = useState<KeyRow | null>(null);
  const deeds = useRead(at("/keys/deeds"));
  const list = useRead(may(me.role, "see_keys") ? at("/keys") : null);
  const rows = list.data?.keys ?? [];
  useHeadNote(t.note);
  return (
    <>
      {may(me.role, "propose_key_deed") && (
        <Bench
          action={
            <>
              <Button danger onClick={() => setStopping(true)}>
                {t.leak.press}
              </Button>
              <Button type="primary" onClick={() => setProposing(true)}>
                <Icon name="again" small />
                {t.rotate}
              </Button>
            </>
          }
        />
      )}
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {list.busy && !list.data && !list.problem && <Waiting />}
      <div className="stack">
        <KeyDeeds list={deeds} />
        {list.data && (
          <>
            <Root fingerprint={list.data.root_fingerprint} version={list.data.bundle_version} />
            <Roles signing={list.data.signing} />
            <Card title={t.daily.title} note={t.daily.note}>
              <Rows rows={rows.filter((row) => row.day !== null)} daily />
            </Card>
            <Card title={t.standing.title} note={t.standing.note}>
              <Rows rows={rows.filter((row) => row.day === null)} {...(may(me.role, "propose_key_deed") ? { withdraw: setWithdrawing } : {})} />
            </Card>
          </>
        )}
      </div>
      <Withdraw
        row={withdrawing}
        onClose={() => setWithdrawing(null)}
        changed={() => {
          deeds.again();
          list.again();
        }}
      />
      <Propose open={proposing} onClose={() => setProposing(false)} changed={deeds.again} />
      <EvidenceModal
        stop
        open={stopping}
        words={t.leak}
        onClose={() => setStopping(false)}
        deed={async (reason) => {
          await send(at("/keys/void-tokens"), { reason });
          deeds.again();
        }}
      />
    </>
  );
}

function Root({ fingerprint, version }: { fingerprint: string; version: number }) {
  const t = useWords(words).root;
  return (
    <Card
      title={t.title}
      note={t.lead}
      aside={
        <span>
          {t.bundle} <b>v{version}</b>
        </span>
      }
    >
      <p className="fingerprint">
        {(fingerprint.match(/.{1,4}/g) ?? []).map((group, i) => (
          <code key={i}>{group}</code>
        ))}
      </p>
    </Card>
  );
}

interface RowsProps {
  rows: KeyRow[];
  daily?: boolean;
  /** Offered for paper keys that still sign. */
  withdraw?: (row: KeyRow) => void;
}

function Rows({ rows, daily = false, withdraw }: RowsProps) {
  const t = useWords(words);
  const { moment, date } = useFormat();
  const newestFirst = [...rows].sort(
    (a, b) => (b.day ?? 0) - (a.day ?? 0) || a.purpose.localeCompare(b.purpose) || a.suite.localeCompare(b.suite),
  );
  const span = ({ from_at: from, until_at: until }: KeyRow): string =>
    from === null && until === null
      ? "—"
      : `${from === null ? "" : moment(from)} ${t.to} ${until === null ? t.open : moment(until)}`;
  return (
    <Listing<KeyRow>
      rowKey={(row) => `${row.kid}/${row.purpose}/${row.day ?? ""}`}
      rows={newestFirst}
      empty={<Empty title={t.none}>{t.noneDo}</Empty>}
      columns={[
        {
          title: t.head.kid,
          dataIndex: "kid",
          rowScope: "row",
          render: (kid: string) => <code title={kid}>{kid.length > 20 ? `${kid.slice(0, 16)}…` : kid}</code>,
        },
        { title: t.head.purpose, dataIndex: "purpose", render: (purpose: string) => named(t.purposes, purpose) },
        { title: t.head.suite, dataIndex: "suite", render: suiteName },
        ...(daily
          ? [
              {
                title: t.head.day,
                dataIndex: "day",
                render: (day: number | null) => (day === null ? "—" : date(DAY_ZERO_AT + day * DAY_S)),
              },
            ]
          : []),
        {
          title: t.head.state,
          key: "state",
          render: (_: unknown, row: KeyRow) => <State row={row} />,
        },
        { title: t.head.window, key: "window", render: (_: unknown, row: KeyRow) => <span className="nowrap">{span(row)}</span> },
        ...(withdraw
          ? [
              {
                title: <ActionsHead />,
                key: "do",
                align: "right" as const,
                render: (_: unknown, row: KeyRow) =>
                  row.purpose === "t2" &&
                  row.state === "live" && (
                    <button type="button" className="press stop" onClick={() => withdraw(row)}>
                      {t.withdraw.press}
                      <span className="away">{row.kid}</span>
                    </button>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}

function State({ row }: { row: KeyRow }) {
  const t = useWords(words);
  const standing = standingOf(row, Date.now() / 1000);
  return <Standing tone={TONES[standing] ?? "plain"}>{named(t.states, standing)}</Standing>;
}

function Withdraw({ row, onClose, changed }: { row: KeyRow | null; onClose: () => void; changed: () => void }) {
  const t = useWords(words).withdraw;
  const { message } = App.useApp();
  const [how, setHow] = useState<"two" | "now">("two");
  const deed = async (reason: string): Promise<void> => {
    if (!row) return;
    if (how === "two") {
      await send(at("/keys/deeds"), { kid: row.kid, reason, what: "withdraw_paper" });
      void message.info(t.proposed);
    } else {
      const { cards } = await send(at("/keys/withdraw-paper"), { kid: row.kid, reason });
      void message.info(t.done(cards));
    }
    changed();
  };
  return (
    <EvidenceModal stop open={row !== null} words={t} onClose={onClose} deed={deed}>
      {row && (
        <p className="cards-end">
          <code>{row.kid}</code> {t.cards(row.cards ?? 0)}
        </p>
      )}
      <fieldset className="choices">
        <legend>{t.how}</legend>
        <Radio.Group value={how} onChange={(event) => setHow(event.target.value as "two" | "now")} options={(["two", "now"] as const).map((value) => ({ value, label: t.kinds[value] }))} />
      </fieldset>
    </EvidenceModal>
  );
}

function Propose({ open, onClose, changed }: { open: boolean; onClose: () => void; changed: () => void }) {
  const t = useWords(words).form;
  const { message } = App.useApp();
  const [what, setWhat] = useState<Proposal>("paper_es256");
  const propose = async (reason: string): Promise<void> => {
    await send(at("/keys/deeds"), { what, reason });
    void message.info(t.done);
    changed();
  };
  return (
    <EvidenceModal open={open} words={t} onClose={onClose} deed={propose}>
      <fieldset className="choices">
        <legend>{t.what}</legend>
        <Radio.Group value={what} onChange={(event) => setWhat(event.target.value as Proposal)} options={PROPOSALS.map((value) => ({ value, label: t.kinds[value] }))} />
      </fieldset>
    </EvidenceModal>
  );
}
