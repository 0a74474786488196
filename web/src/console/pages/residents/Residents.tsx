// Finding a resident by name, ID number, id or region. What is typed stays in memory; the list is masked by the server.
import { Button, Input, InputNumber } from "antd";
import { useEffect, useState, type FormEvent } from "react";
import type { ResidentRow } from "../../../api/types";
import { at } from "../../../api/at";
import { useFound } from "../../api/use";
import { Bench } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { RegionSelect } from "../../parts/region-select";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { askFor, useAsked, type Asked } from "../../shell/asked";
import { useHeadNote } from "../../shell/head-note";
import { go, href, useRoute } from "../../shell/route";
import { shortId } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { useTerms } from "../../words/terms";
import { words } from "./residents.words";
import { ResidentStanding } from "./ResidentStanding";
import { isName, searchOf } from "./search";

const QUERY_CHARS_MAX = 60;
const BORN_FROM = 1900;

export default function Residents() {
  const t = useWords(words);
  const asked = useAsked();
  const region = useRoute().query.get("region") ?? undefined;
  const trail = useTrail(`${asked.text}/${asked.born ?? ""}/${region ?? ""}`);
  const search = searchOf(asked, region, trail.after);
  const list = useFound(at("/residents/find"), search);
  useHeadNote(t.note);
  const nothing = isName(asked.text) ? t.noName : asked.text || region ? t.none : t.empty;
  return (
    <>
      <Bench>
        <Search asked={asked} region={region} />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          {search === null ? (
            <Empty title={t.chooseRegion.title}>{t.chooseRegion.do}</Empty>
          ) : (
            <Rows rows={list.data?.items ?? []} busy={list.busy} nothing={<Empty title={nothing.title}>{nothing.do}</Empty>} />
          )}
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
    </>
  );
}

function Search({ asked, region }: { asked: Asked; region: string | undefined }) {
  const t = useWords(words).find;
  const [text, setText] = useState(asked.text);
  const [born, setBorn] = useState(asked.born);
  useEffect(() => {
    setText(asked.text);
    setBorn(asked.born);
  }, [asked]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    askFor(text, isName(text.trim()) ? born : null);
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
      {isName(text.trim()) && (
        <label className="field">
          {t.born}
          <InputNumber
            value={born}
            onChange={setBorn}
            min={BORN_FROM}
            max={new Date().getFullYear()}
            precision={0}
            controls={false}
            placeholder={t.bornHint}
            autoComplete="off"
          />
        </label>
      )}
      <Button type="primary" htmlType="submit">
        <Icon name="search" small />
        {t.press}
      </Button>
      {(asked.text || region) && (
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
    <Listing<ResidentRow>
      rowKey="id"
      rows={rows}
      empty={busy ? <Waiting /> : nothing}
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
