// One scenario: its versions, the chosen one's text, what it changes, and the review by somebody who didn't propose it.
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import { at } from "../../../api/at";
import type { ManifestVersion } from "../../../api/types";
import { useRead } from "../../api/use";
import { Card, Terms } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { may } from "../../shell/may";
import { href, useRoute } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { named, useTerms } from "../../words/terms";
import { bySlug, factsOf } from "./manifest";
import { Propose } from "./Propose";
import { Review } from "./Review";
import "./scenarios.css";
import { ScenarioState } from "./ScenarioState";
import { words } from "./scenarios.words";
import { Changes, Toml } from "./Toml";
import { cameWithTheProgram, useWho } from "./who";

export default function Scenario() {
  const t = useWords(words);
  const { id: slug, query } = useRoute();
  const list = useRead(at("/manage/scenarios"));
  const versions = useMemo(() => bySlug(list.data?.items ?? []).get(slug ?? "") ?? [], [list.data, slug]);
  const chosen =
    versions.find((one) => String(one.version) === query.get("version")) ??
    versions.find((one) => one.state === "active") ??
    versions[0];
  return (
    <div className="stack">
      <a className="press back" href={href("scenarios")}>
        <Icon name="back" small />
        {t.back}
      </a>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.data && !list.problem && <Waiting />}
      {list.data && !chosen && <Empty title={t.list.none}>{t.list.noneDo}</Empty>}
      {chosen && <Whole key={`${chosen.slug}/${chosen.version}`} chosen={chosen} versions={versions} changed={list.again} />}
    </div>
  );
}

interface WholeProps {
  chosen: ManifestVersion;
  versions: ManifestVersion[];
  changed: () => void;
}

function Whole({ chosen, versions, changed }: WholeProps) {
  const t = useWords(words);
  const me = useMe();
  const { language } = useLanguage();
  const [revising, setRevising] = useState(false);
  const facts = factsOf(chosen.toml);
  const active = versions.filter((one) => one.state === "active");
  return (
    <>
      <section className="card who" aria-labelledby="what">
        <div className="who-head">
          <h2 id="what">{facts.name[language] || chosen.slug}</h2>
          <span className="quiet">
            {t.version(chosen.version)} · <code>{chosen.slug}</code>
          </span>
          <div className="deeds">
            {may(me.role, "propose_scenario") && <Button onClick={() => setRevising(true)}>{t.revise}</Button>}
          </div>
        </div>
        <FactList chosen={chosen} />
      </section>
      <div className="text-and-versions">
        <TextCard chosen={chosen} before={beforeOf(chosen, versions)} />
        <div className="stack">
          {chosen.state === "proposed" && <Review version={chosen} changed={changed} />}
          <VersionsCard versions={versions} chosen={chosen} />
        </div>
      </div>
      <Propose open={revising} active={active} start={chosen} onClose={() => setRevising(false)} changed={changed} />
    </>
  );
}

function FactList({ chosen }: { chosen: ManifestVersion }) {
  const t = useWords(words).facts;
  const who = useWho();
  const terms = useTerms();
  const { language } = useLanguage();
  const { moment } = useFormat();
  const facts = factsOf(chosen.toml);
  return (
    <Terms
      items={[
        [t.state, <ScenarioState key="s" state={chosen.state} />],
        [t.level, named(terms.level, facts.level)],
        [t.sees, facts.sees[language] || t.none],
        [t.purpose, facts.purpose[language] || t.none],
        [t.by, `${who(chosen.proposed_by)} · ${moment(chosen.at)}`],
        [t.reviewer, who(chosen.reviewed_by)],
        ...(chosen.note && !cameWithTheProgram(chosen) ? [[t.note, chosen.note] as const] : []),
      ]}
    />
  );
}

function TextCard({ chosen, before }: { chosen: ManifestVersion; before: ManifestVersion | undefined }) {
  const t = useWords(words).show;
  const [show, setShow] = useState<"manifest" | "changes">(chosen.state === "proposed" && before ? "changes" : "manifest");
  const which = (
    <Segmented
      value={show}
      onChange={setShow}
      options={[
        { value: "manifest", label: t.manifest },
        { value: "changes", label: t.changes },
      ]}
    />
  );
  return (
    <Card
      title={show === "manifest" ? t.manifest : t.changes}
      note={show === "changes" && before ? t.against(before.version) : undefined}
      aside={which}
    >
      {show === "manifest" ? (
        <Toml text={chosen.toml} label={t.manifest} />
      ) : before ? (
        <Changes before={before.toml} after={chosen.toml} label={t.changes} />
      ) : (
        <p className="quiet">{t.fresh}</p>
      )}
    </Card>
  );
}

function VersionsCard({ versions, chosen }: { versions: ManifestVersion[]; chosen: ManifestVersion }) {
  const t = useWords(words);
  const { moment } = useFormat();
  return (
    <Card title={t.versions}>
      <Listing<ManifestVersion>
        rowKey="version"
        rows={versions}
        columns={[
          {
            title: t.list.version,
            dataIndex: "version",
            rowScope: "row",
            render: (n: number) => (
              <a
                className="go"
                aria-current={n === chosen.version ? "true" : undefined}
                href={href("scenarios", chosen.slug, { version: String(n) })}
              >
                {t.version(n)}
              </a>
            ),
          },
          {
            title: t.facts.state,
            dataIndex: "state",
            render: (state: ManifestVersion["state"]) => <ScenarioState state={state} />,
          },
          { title: t.facts.at, dataIndex: "at", render: (at: number) => moment(at) },
        ]}
      />
    </Card>
  );
}

/** What a version is compared with: the one in force for a proposal, else the one before it. */
function beforeOf(chosen: ManifestVersion, versions: ManifestVersion[]): ManifestVersion | undefined {
  const active = versions.find((one) => one.state === "active");
  return chosen.state === "proposed" && active
    ? active
    : versions.find((one) => one.version < chosen.version && one.state !== "refused");
}
