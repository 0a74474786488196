// Persons' requests under their rights, the nearest deadline first, each with the time that is left; opened one by one.
// It does not know what was written until one is opened, which its person sees.
import { Button, Segmented } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { QueuedRequest } from "../../../api/types";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { FileKin } from "./FileKin";
import { OpenRequest } from "./OpenRequest";
import { words } from "./rights.words";

/** Less than so much time left is said with a shape of its own. */
const SOON_S = 3 * 86_400;

export default function Rights() {
  const t = useWords(words);
  const me = useMe();
  const [over, setOver] = useState(false);
  const [opened, setOpened] = useState<QueuedRequest | null>(null);
  const [filing, setFiling] = useState(false);
  const trail = useTrail(String(over));
  const list = useRead(at("/manage/rights", {}, { over: over || undefined, after: trail.after }));
  useHeadNote(t.note);
  const nothing = over ? <Empty title={t.noneOver} /> : <Empty title={t.none}>{t.noneDo}</Empty>;
  return (
    <>
      <Bench
        action={
          me.role === "system" && (
            <Button onClick={() => setFiling(true)}>
              <Icon name="add" small />
              {t.fileKin}
            </Button>
          )
        }
      >
        <Segmented
          aria-label={t.which}
          value={over ? "over" : "open"}
          onChange={(value) => setOver(value === "over")}
          options={[
            { value: "open", label: t.open },
            { value: "over", label: t.over },
          ]}
        />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows rows={list.data?.items ?? []} nothing={list.data ? nothing : <Waiting />} open={setOpened} />
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
      <OpenRequest one={opened} onClose={() => setOpened(null)} changed={list.again} />
      <FileKin open={filing} onClose={() => setFiling(false)} changed={list.again} />
    </>
  );
}

interface RowsProps {
  rows: QueuedRequest[];
  nothing: React.ReactNode;
  open: (one: QueuedRequest) => void;
}

function Rows({ rows, nothing, open }: RowsProps) {
  const t = useWords(words);
  const { moment } = useFormat();
  return (
    <Listing<QueuedRequest>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        { title: t.head.kind, dataIndex: "kind", rowScope: "row", render: (kind: QueuedRequest["kind"]) => <b className="nowrap">{t.kinds[kind]}</b> },
        {
          title: t.head.resident,
          dataIndex: "resident",
          render: (id: string) => (
            <a href={href("residents", id)} title={id}>
              <code>{shortId(id)}</code>
            </a>
          ),
        },
        { title: t.head.asked, dataIndex: "asked_at", render: (since: number) => <span className="nowrap">{moment(since)}</span> },
        { title: t.head.due, key: "due", render: (_, one) => <Clock one={one} /> },
        { title: t.head.state, key: "state", render: (_, one) => <State one={one} /> },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, one) => (
            <button type="button" className="press" onClick={() => open(one)}>
              {t.press}
              <span className="away">{shortId(one.id)}</span>
            </button>
          ),
        },
      ]}
    />
  );
}

/** The last working day, and how long until its end. */
function Clock({ one }: { one: QueuedRequest }) {
  const t = useWords(words);
  const { date, lasting } = useFormat();
  const open = one.state === "waiting" || one.state === "held";
  const left = one.due_at - Date.now() / 1000;
  const tone: Tone = one.overdue ? "stop" : left < SOON_S ? "late" : "plain";
  return (
    <>
      <span className="nowrap">{date(one.due_at - 1)}</span>
      {open && (
        <small className="under">
          <Standing tone={tone}>{one.overdue ? t.late : t.left(lasting(left))}</Standing>
        </small>
      )}
    </>
  );
}

const TONES: Record<QueuedRequest["state"], Tone> = { waiting: "late", held: "plain", done: "fine", refused: "stop", stopped: "gone" };

function State({ one }: { one: QueuedRequest }) {
  const t = useWords(words);
  const { moment } = useFormat();
  return (
    <>
      <Standing tone={TONES[one.state]}>{t.states[one.state]}</Standing>
      {one.state === "held" && <small className="under quiet">{t.heldUntil(moment(one.hold_until))}</small>}
      {one.handled_at && one.state !== "held" && <small className="under quiet nowrap">{moment(one.handled_at)}</small>}
    </>
  );
}
