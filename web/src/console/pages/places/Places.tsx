// Places where codes are checked or scanned: the list, a new one, and the poster with its place code.
import { Button, Input, Table } from "antd";
import { useState } from "react";
import { fileAddress, query } from "../../api/client";
import type { Page, ScenarioPublic, Site } from "../../api/shapes";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed } from "../../parts/said";
import { ActionsHead } from "../../parts/actions-head";
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
  const trail = useTrail("");
  const list = useRead<Page<Site>>(query("/places", { after: trail.after }));
  const scenarios = useRead<{ scenarios: ScenarioPublic[] }>("/scenarios");
  const listed = list.data?.items ?? [];
  const fresh = made.filter((one) => !listed.some((site) => site.site === one.site));
  const sites = [...fresh, ...listed].filter((site) => fits(site, name));
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
              list.busy ? (
                " "
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

function Rows({ sites, scenarios, nothing }: { sites: Site[]; scenarios: ScenarioPublic[]; nothing: React.ReactNode }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const scenarioName = (slug: string): string => scenarios.find((one) => one.slug === slug)?.name[language] ?? slug;
  return (
    <Table<Site>
      rowKey="site"
      size="small"
      dataSource={sites}
      pagination={false}
      locale={{ emptyText: nothing }}
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
            <a className="press" href={fileAddress(`/places/${row.site}/poster.pdf`)} target="_blank" rel="noopener">
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

function fits(site: Site, name: string): boolean {
  return `${site.name.zh} ${site.name.en}`.toLowerCase().includes(name.trim().toLowerCase());
}
