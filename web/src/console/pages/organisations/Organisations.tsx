// The tree of organisations, one level at a time with the way up to its top, or those of a region, or those suspended; added,
// suspended and ended here. Representatives that wait, imports and their sources beside it.
// It does not know who works where.
import { Button, Input, Switch } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { OrganisationRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed, Waiting } from "../../parts/said";
import { RegionSelect } from "../../parts/region-select";
import { Listing } from "../../parts/Listing";
import { Standing } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { AddOrganisation } from "./AddOrganisation";
import { Imports } from "./Imports";
import { Mergers } from "./Mergers";
import "./organisations.css";
import { words } from "./organisations.words";
import { Representatives } from "./Representatives";
import { Sources } from "./Sources";
import { TONES } from "./tones";

type Change = "suspend" | "resume" | "end";

export default function Organisations() {
  const t = useWords(words);
  const me = useMe();
  const [line, setLine] = useState<OrganisationRow[]>([]);
  const [code, setCode] = useState("");
  const [region, setRegion] = useState("");
  const [suspended, setSuspended] = useState(false);
  const [adding, setAdding] = useState(false);
  const [change, setChange] = useState<{ what: Change; whom: OrganisationRow } | null>(null);
  const here = line.at(-1);
  const trail = useTrail(`${here?.id ?? ""}/${code}/${region}/${suspended ? "suspended" : ""}`);
  const after = trail.after;
  const flat = code || region || suspended;
  const asked = code ? { credit_code: code } : region ? { region, after } : suspended ? { state: "suspended", after } : { parent: here?.id, after };
  const list = useRead(at("/organisations", {}, asked));
  const named = useRead(at("/representatives"));
  const writes = me.role === "system";
  useHeadNote(t.note);
  const nothing = code ? <Empty title={t.notFound} /> : flat ? <Empty title={t.noneHere} /> : <Empty title={t.none}>{t.noneDo}</Empty>;
  const anew = (): void => {
    setCode("");
    setRegion("");
    setSuspended(false);
  };
  return (
    <>
      <Bench
        action={
          writes && (
            <Button type="primary" onClick={() => setAdding(true)}>
              <Icon name="add" small />
              {t.add}
            </Button>
          )
        }
      >
        <label className="field" htmlFor="org-code">
          {t.find}
          <Input.Search id="org-code" allowClear placeholder={t.findHint} maxLength={24} onSearch={(value) => setCode(value.trim())} />
        </label>
        <label className="field" htmlFor="org-region-of">
          {t.region}
          <RegionSelect id="org-region-of" anywhere={t.anywhere} cities value={region} onChange={(code) => setRegion(code ?? "")} />
        </label>
        <label className="field">
          {t.suspended}
          <span>
            <Switch checked={suspended} onChange={setSuspended} />
          </span>
        </label>
      </Bench>
      <nav className="line-up" aria-label={t.top}>
        <button
          type="button"
          className="press"
          onClick={() => {
            anew();
            setLine([]);
          }}
        >
          {t.top}
        </button>
        {!flat && line.map((one, i) => (
          <span key={one.id}>
            {" / "}
            <button type="button" className="press" aria-current={i === line.length - 1 ? "page" : undefined} onClick={() => setLine(line.slice(0, i + 1))}>
              {one.name}
            </button>
          </span>
        ))}
      </nav>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows
            rows={list.data?.items ?? []}
            nothing={list.data ? nothing : <Waiting />}
            open={(one) => {
              anew();
              setLine(flat ? [one] : [...line, one]);
            }}
            {...(writes ? { change: (what: Change, whom: OrganisationRow) => setChange({ what, whom }) } : {})}
          />
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
      <Representatives list={named} />
      <Mergers />
      <Imports />
      <Sources />
      <AddOrganisation open={adding} parent={here} onClose={() => setAdding(false)} changed={list.again} />
      {(["suspend", "resume", "end"] as const).map((what) => (
        <EvidenceModal
          key={what}
          open={change?.what === what}
          stop={what !== "resume"}
          onClose={() => setChange(null)}
          deed={async (reason) => {
            if (change) await send(at(`/organisations/{id}/${what}`, { id: change.whom.id }), { reason });
            list.again();
          }}
          words={{ evidence: t.reason, cancel: t.cancel, ...t[what] }}
        >
          <p>
            <b>{change?.whom.name}</b>
          </p>
        </EvidenceModal>
      ))}
    </>
  );
}

interface RowsProps {
  rows: OrganisationRow[];
  nothing: React.ReactNode;
  open: (one: OrganisationRow) => void;
  change?: (what: Change, one: OrganisationRow) => void;
}

function Rows({ rows, nothing, open, change }: RowsProps) {
  const t = useWords(words);
  const { language } = useLanguage();
  const { date } = useFormat();
  return (
    <Listing<OrganisationRow>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        {
          title: t.head.name,
          dataIndex: "name",
          rowScope: "row",
          render: (name: string, one) => (
            <>
              <a className="go" href={href("organisations", one.id)}>
                {name}
              </a>
              <small className="under quiet">{t.kinds[one.kind]}</small>
            </>
          ),
        },
        { title: t.head.code, dataIndex: "credit_code", render: (code?: string) => (code ? <code>{code}</code> : "—") },
        { title: t.head.region, dataIndex: "region", render: (region: string) => <span className="nowrap">{regionName(region, language)}</span> },
        { title: t.head.since, dataIndex: "created_at", render: (since: number) => <span className="nowrap">{date(since)}</span> },
        { title: t.head.state, dataIndex: "state", render: (state: OrganisationRow["state"]) => <Standing tone={TONES[state]}>{t.states[state]}</Standing> },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, one) => (
            <>
              {one.has_children && (
                <button type="button" className="press" onClick={() => open(one)}>
                  {t.open}
                  <span className="away">{one.name}</span>
                </button>
              )}
              {change && one.state !== "ended" && (
                <>
                  <button type="button" className="press" onClick={() => change(one.state === "active" ? "suspend" : "resume", one)}>
                    {(one.state === "active" ? t.suspend : t.resume).press}
                    <span className="away">{one.name}</span>
                  </button>
                  <button type="button" className="press stop" onClick={() => change("end", one)}>
                    {t.end.press}
                    <span className="away">{one.name}</span>
                  </button>
                </>
              )}
            </>
          ),
        },
      ]}
    />
  );
}
