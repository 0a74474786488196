// Finding a resident by ID number, by id or by region. What is typed stays in memory; the list is masked by the server.
import { Button, Input, Table } from "antd";
import { useEffect, useState, type FormEvent } from "react";
import { query } from "../../api/client";
import type { Page, ResidentRow } from "../../api/shapes";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { RegionSelect } from "../../parts/region-select";
import { Empty, Failed } from "../../parts/said";
import { askFor, useAsked } from "../../shell/asked";
import { useHeadNote } from "../../shell/head-note";
import { go, href, useRoute } from "../../shell/route";
import { shortId } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { useTerms } from "../../words/terms";
import { words } from "./residents.words";
import { ResidentStanding } from "./ResidentStanding";

const QUERY_CHARS_MAX = 60;

export default function Residents() {
  const t = useWords(words);
  const asked = useAsked();
  const region = useRoute().query.get("region") ?? undefined;
  const trail = useTrail(`${asked}/${region ?? ""}`);
  const list = useRead<Page<ResidentRow>>(query("/residents", { q: asked, region, after: trail.after }));
  useHeadNote(t.note);
  const nothing = asked || region ? t.none : t.empty;
  return (
    <>
      <Bench>
        <Search asked={asked} region={region} />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows rows={list.data?.items ?? []} busy={list.busy} nothing={<Empty title={nothing.title}>{nothing.do}</Empty>} />
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
    </>
  );
}

function Search({ asked, region }: { asked: string; region: string | undefined }) {
  const t = useWords(words).find;
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    askFor(text);
  };
  return (
    <form className="filters" role="search" aria-label={t.label} onSubmit={submit}>
      <label className="field">
        {t.who}
        <Input
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={t.whoHint}
          maxLength={QUERY_CHARS_MAX}
          autoComplete="off"
          spellCheck={false}
          style={{ width: 260 }}
        />
      </label>
      <label className="field" htmlFor="find-region">
        {t.region}
        <RegionSelect
          id="find-region"
          cities
          value={region}
          anywhere={t.anywhere}
          onChange={(code) => go(href("residents", null, { region: code }))}
        />
      </label>
      <Button type="primary" htmlType="submit">
        <Icon name="search" small />
        {t.press}
      </Button>
      {(asked || region) && (
        <Button
          onClick={() => {
            askFor("");
            go(href("residents"));
          }}
        >
          {t.clear}
        </Button>
      )}
    </form>
  );
}

function Rows({ rows, busy, nothing }: { rows: ResidentRow[]; busy: boolean; nothing: React.ReactNode }) {
  const t = useWords(words).head;
  const terms = useTerms();
  const { language } = useLanguage();
  return (
    <Table<ResidentRow>
      rowKey="id"
      size="small"
      dataSource={rows}
      loading={busy && rows.length === 0}
      pagination={false}
      locale={{ emptyText: busy ? " " : nothing }}
      columns={[
        {
          title: t.name,
          dataIndex: "name_masked",
          rowScope: "row",
          render: (name: string, row) => (
            <a className="person" href={href("residents", row.id)}>
              {name}
            </a>
          ),
        },
        { title: t.region, dataIndex: "region", render: (region: string) => regionName(region, language) },
        { title: t.state, dataIndex: "state", render: (_, row) => <ResidentStanding state={row.state} /> },
        {
          title: t.proofing,
          dataIndex: "proofing",
          render: (level: number) => <span className="quiet">{terms.proofing[level] ?? level}</span>,
        },
        { title: t.id, dataIndex: "id", render: (id: string) => <code title={id}>{shortId(id)}</code> },
      ]}
    />
  );
}
