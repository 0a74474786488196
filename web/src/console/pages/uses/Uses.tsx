// The uses, newest first, as an auditor reads them: no names, filters by deed, outcome and time, paged by key.
import { Button, Select, Table } from "antd";
import { query } from "../../api/client";
import type { Page, Use } from "../../api/shapes";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed } from "../../parts/said";
import { Standing, type Tone } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { go, href, useRoute } from "../../shell/route";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named, useTerms } from "../../words/terms";
import { keyAt } from "./key-at";
import { atOf, Moment } from "./Moment";
import { words } from "./uses.words";

type Filters = { deed?: string; outcome?: string; from?: string; to?: string };
const TONES: Record<string, Tone> = { valid: "fine", done: "plain", refused: "stop", could_not_check: "late" };

export default function Uses() {
  const t = useWords(words);
  const asked = Object.fromEntries(useRoute().query) as Filters;
  const trail = useTrail(JSON.stringify(asked));
  const from_s = atOf(asked.from) ?? 0;
  const to_s = atOf(asked.to);
  const after = trail.after ?? (to_s === undefined ? undefined : keyAt(to_s));
  const list = useRead<Page<Use>>(query("/uses", { deed: asked.deed, outcome: asked.outcome, after }));
  const rows = (list.data?.items ?? []).filter((use) => use.at >= from_s);
  const whole = rows.length === (list.data?.items.length ?? 0);
  const filtered = Object.values(asked).some(Boolean);
  useHeadNote(t.note);
  return (
    <>
      <Bench>
        <FilterBar asked={asked} filtered={filtered} />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows
            rows={rows}
            nothing={
              list.busy && !list.data ? " " : <Empty title={filtered ? t.none : t.empty}>{filtered ? t.noneDo : t.emptyDo}</Empty>
            }
          />
          <Paging trail={trail} next={whole ? list.data?.next : null} />
        </section>
      )}
    </>
  );
}

function FilterBar({ asked, filtered }: { asked: Filters; filtered: boolean }) {
  const t = useWords(words).filter;
  const terms = useTerms();
  const set = (change: Filters): void => go(href("uses", null, { ...asked, ...change }));
  const choices = (table: Record<string, string>) => Object.entries(table).map(([value, label]) => ({ value, label }));
  return (
    <>
      <label className="field" htmlFor="use-deed">
        {t.deed}
        <Select
          id="use-deed"
          value={asked.deed}
          onChange={(deed?: string) => set({ deed })}
          options={choices(terms.deed)}
          allowClear
          placeholder={t.all}
          showSearch={{ optionFilterProp: "label" }}
        />
      </label>
      <label className="field" htmlFor="use-outcome">
        {t.outcome}
        <Select
          id="use-outcome"
          value={asked.outcome}
          onChange={(outcome?: string) => set({ outcome })}
          options={choices(terms.outcome)}
          allowClear
          placeholder={t.all}
        />
      </label>
      <Moment label={t.from} value={asked.from} onChange={(from) => set({ from })} />
      <Moment label={t.to} value={asked.to} onChange={(to) => set({ to })} />
      {filtered && <Button onClick={() => go(href("uses"))}>{t.clear}</Button>}
    </>
  );
}

function Rows({ rows, nothing }: { rows: Use[]; nothing: React.ReactNode }) {
  const t = useWords(words).head;
  const terms = useTerms();
  const { moment, second } = useFormat();
  return (
    <Table<Use>
      rowKey="id"
      size="small"
      dataSource={rows}
      pagination={false}
      locale={{ emptyText: nothing }}
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
