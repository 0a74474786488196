// Places where codes are checked or scanned: the list, a new one, and the poster with its place code.
import { Button, Input } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { fileAddress } from "../../api/client";
import type { Scenario, Site } from "../../../api/types";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed, Waiting } from "../../parts/said";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { AddPlace } from "./AddPlace";
import { words } from "./places.words";

export default function Places() {
  const t = useWords(words);
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState("");
  // A place is listed with the next bundle; until then the one just made is shown from here.
  const [made, setMade] = useState<Site[]>([]);
  const find = name.trim();
  const trail = useTrail(find);
  const after = trail.after === undefined ? undefined : Number(trail.after);
  const list = useRead(at("/places", {}, { after, find }));
  const scenarios = useRead(at("/scenarios"));
  const listed = list.data?.items ?? [];
  const fresh = made.filter((one) => !listed.some((site) => site.site === one.site));
  const sites = [...(find ? [] : fresh), ...listed];
  useHeadNote(t.note);
  return (
    <>
      <Bench
        action={
          may(me.role, "add_place") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              <Icon name="add" small />
              {t.add}
            </Button>
          )
        }
      >
        <label className="field">
          {t.filter}
          <Input value={name} onChange={(event) => setName(event.target.value)} allowClear style={{ width: 240 }} />
        </label>
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows
            sites={sites}
            scenarios={scenarios.data?.scenarios ?? []}
            nothing={
              !list.data ? (
                <Waiting />
              ) : name ? (
                <Empty title={t.found}>{t.foundDo}</Empty>
              ) : (
                <Empty title={t.none}>{may(me.role, "add_place") ? t.noneDo : t.noneLook}</Empty>
              )
            }
          />
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
      <AddPlace
        open={adding}
        scenarios={scenarios.data?.scenarios ?? []}
        onClose={() => setAdding(false)}
        onMade={(site) => setMade([site, ...made])}
      />
    </>
  );
}

function Rows({ sites, scenarios, nothing }: { sites: Site[]; scenarios: Scenario[]; nothing: React.ReactNode }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const scenarioName = (slug: string): string => scenarios.find((one) => one.slug === slug)?.name[language] ?? slug;
  return (
    <Listing<Site>
      rowKey="site"
      rows={sites}
      empty={nothing}
      columns={[
        {
          title: t.head.name,
          key: "name",
          rowScope: "row",
          render: (_, row) => (
            <>
              <b>{row.name[language] || row.name.zh}</b>
              {language === "zh" && row.name.en && (
                <small className="quiet under" lang="en">
                  {row.name.en}
                </small>
              )}
              {language === "en" && (
                <small className="quiet under" lang="zh-CN">
                  {row.name.zh}
                </small>
              )}
            </>
          ),
        },
        { title: t.head.scenario, dataIndex: "scenario", render: scenarioName },
        { title: t.head.region, dataIndex: "region", render: (region: string) => regionName(region, language) },
        { title: t.head.site, dataIndex: "site", align: "right" },
        {
          title: t.head.code,
          dataIndex: "place_code",
          render: (code: string) => <code>{code}</code>,
        },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, row) => (
            <a className="press" href={fileAddress(at("/places/{site}/poster.pdf", { site: row.site }))} target="_blank" rel="noopener">
              <Icon name="print" small />
              {t.poster}
              <span className="away">{row.name[language]}</span>
            </a>
          ),
        },
      ]}
    />
  );
}
