// The uses, newest first, as an auditor reads them: no names, narrowed by time, deed, outcome, actor and scenario, paged by key.
// It does not know who stands behind an id. Reading is a use itself.
import { Button } from "antd";
import { at } from "../../../api/at";
import type { Use } from "../../../api/types";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, FurtherBack, Waiting } from "../../parts/said";
import { Shape, Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { go, href, useRoute } from "../../shell/route";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named, useTerms } from "../../words/terms";
import { askingOf, type Filters } from "./asking";
import { Export } from "./Export";
import { FilterBar } from "./FilterBar";
import { faultOf } from "./range";
import { words } from "./uses.words";

const TONES: Record<string, Tone> = { valid: "fine", done: "plain", refused: "stop", could_not_check: "late" };

export default function Uses() {
  const t = useWords(words);
  const asked = Object.fromEntries(useRoute().query) as Filters;
  const trail = useTrail(JSON.stringify(asked));
  const fault = faultOf(asked);
  const asking = askingOf(asked);
  const list = useRead(fault ? null : at("/uses", {}, { ...asking, after: trail.after }));
  const filtered = Object.values(asked).some(Boolean);
  const next = list.data?.next;
  useHeadNote(t.note);
  const nothing = next ? <FurtherBack go={() => trail.forth(next)} /> : <Empty title={filtered ? t.none : t.empty}>{filtered ? t.noneDo : t.emptyDo}</Empty>;
  return (
    <>
      <Bench action={<Export asking={asking} disabled={fault !== null} />}>
        <FilterBar asked={asked} />
        {filtered && <Button onClick={() => go(href("uses"))}>{t.filter.clear}</Button>}
      </Bench>
      {fault && (
        <div className="said late" role="alert">
          <Shape tone="late" />
          <b>{t.faults[fault]}</b>
        </div>
      )}
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!fault && !list.problem && (
        <section className="card">
          <Rows rows={list.data?.items ?? []} nothing={list.data ? nothing : <Waiting />} />
          <Paging trail={trail} next={next} />
        </section>
      )}
    </>
  );
}

function Rows({ rows, nothing }: { rows: Use[]; nothing: React.ReactNode }) {
  const t = useWords(words).head;
  const terms = useTerms();
  const { moment, second } = useFormat();
  return (
    <Listing<Use>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        {
          title: t.at,
          dataIndex: "at",
          rowScope: "row",
          render: (at: number) => (
            <span className="nowrap">
              {moment(at)}
              <small className="quiet">:{second(at)}</small>
            </span>
          ),
        },
        { title: t.deed, dataIndex: "deed", render: (deed: string) => <b>{named(terms.deed, deed)}</b> },
        {
          title: t.actor,
          key: "actor",
          render: (_, row) => (
            <>
              {named(terms.actor, row.actor_kind)}{" "}
              {row.actor && (
                <code className="quiet" title={row.actor}>
                  {shortId(row.actor)}
                </code>
              )}
            </>
          ),
        },
        { title: t.scenario, dataIndex: "scenario", render: (slug: string | null) => slug ?? "—" },
        { title: t.site, dataIndex: "site", align: "right", render: (site: number | null) => site ?? "—" },
        {
          title: t.outcome,
          dataIndex: "outcome",
          render: (outcome: string) => <Standing tone={TONES[outcome] ?? "plain"}>{named(terms.outcome, outcome)}</Standing>,
        },
        {
          title: t.reason,
          dataIndex: "reason",
          render: (reason: string | null) => (reason ? <span title={reason}>{named(terms.reason, reason)}</span> : "—"),
        },
        { title: t.form, dataIndex: "form", render: (form: string | null) => (form ? named(terms.form, form) : "—") },
        {
          title: t.id,
          dataIndex: "id",
          render: (id: string) => (
            <code className="quiet" title={id}>
              {shortId(id)}
            </code>
          ),
        },
      ]}
    />
  );
}
