// All scenarios: what waits for a reviewer first, then what is in force.
import { Button } from "antd";
import { useMemo, useState } from "react";
import { at } from "../../../api/at";
import type { ManifestVersion } from "../../../api/types";
import { useRead } from "../../api/use";
import { Bench, Card } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Shape } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { named, useTerms } from "../../words/terms";
import { bySlug, factsOf } from "./manifest";
import { Propose } from "./Propose";
import "./scenarios.css";
import { words } from "./scenarios.words";
import { isOwn, useWho } from "./who";

export default function Scenarios() {
  const t = useWords(words);
  const me = useMe();
  const [proposing, setProposing] = useState(false);
  const list = useRead(at("/manage/scenarios"));
  const all = useMemo(() => bySlug(list.data?.items ?? []), [list.data]);
  const newest = [...all.values()];
  const waiting = newest.flatMap((versions) => versions.filter((one) => one.state === "proposed"));
  const active = newest.flatMap((versions) => versions.filter((one) => one.state === "active"));
  useHeadNote(t.note);
  return (
    <>
      {may(me.role, "propose_scenario") && (
        <Bench
          action={
            <Button type="primary" onClick={() => setProposing(true)}>
              <Icon name="add" small />
              {t.propose}
            </Button>
          }
        />
      )}
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <div className="stack">
        {waiting.length > 0 && <WaitingCard waiting={waiting} />}
        {!list.problem && <ActiveCard active={active} busy={list.busy} />}
      </div>
      <Propose open={proposing} active={active} start={null} onClose={() => setProposing(false)} changed={list.again} />
    </>
  );
}

function WaitingCard({ waiting }: { waiting: ManifestVersion[] }) {
  const t = useWords(words).waiting;
  const all = useWords(words);
  const who = useWho();
  const me = useMe();
  const { language } = useLanguage();
  const { moment } = useFormat();
  return (
    <Card title={t.title} note={t.note(waiting.length)}>
      <ul className="waiting-list">
        {waiting.map((one) => {
          const own = isOwn(one, me);
          const can = may(me.role, "review_scenario") && !own;
          return (
            <li key={`${one.slug}/${one.version}`}>
              <Shape tone="late" />
              <div>
                <b>
                  {factsOf(one.toml).name[language] || one.slug} · {all.version(one.version)}
                </b>
                <p>
                  {t.by(who(one.proposed_by), moment(one.at))}
                  {own && `。${t.own}`}
                </p>
              </div>
              <a className="button" href={href("scenarios", one.slug, { version: String(one.version) })}>
                {can ? t.review : t.look}
              </a>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function ActiveCard({ active, busy }: { active: ManifestVersion[]; busy: boolean }) {
  const t = useWords(words).list;
  const terms = useTerms();
  const { language } = useLanguage();
  const rows = active.map((one) => ({ ...one, facts: factsOf(one.toml) }));
  return (
    <Card title={t.title}>
      <Listing
        rowKey="slug"
        rows={rows}
        empty={busy ? <Waiting /> : <Empty title={t.none}>{t.noneDo}</Empty>}
        columns={[
          {
            title: t.name,
            key: "name",
            rowScope: "row",
            render: (_, row) => (
              <>
                <a className="go" href={href("scenarios", row.slug)}>
                  {row.facts.name[language] || row.slug}
                </a>{" "}
                <code className="quiet">{row.slug}</code>
              </>
            ),
          },
          { title: t.owner, key: "owner", render: (_, row) => row.facts.owner[language] },
          { title: t.region, key: "region", render: (_, row) => regionName(row.facts.region, language) },
          { title: t.level, key: "level", render: (_, row) => named(terms.level, row.facts.level) },
          { title: t.record, key: "record", render: (_, row) => named(terms.record, row.facts.record) },
          {
            title: t.keep,
            key: "keep",
            align: "right",
            render: (_, row) => (row.facts.retention_days === null ? "—" : t.days(row.facts.retention_days)),
          },
          { title: t.version, dataIndex: "version", align: "right" },
        ]}
      />
    </Card>
  );
}
