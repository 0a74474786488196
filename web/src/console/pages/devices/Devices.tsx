// All residents' devices, newest first, by state and region; each leads to its resident, and can be ended here.
// It does not know whose they are: the list has no names and no labels.
import { Button, Select } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { AnyDevice, DeviceState } from "../../../api/types";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { RegionSelect } from "../../parts/region-select";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, FurtherBack, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useHeadNote } from "../../shell/head-note";
import { go, href, useRoute } from "../../shell/route";
import { shortId, useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { named, useTerms } from "../../words/terms";
import { suiteName } from "../keys/standing";
import { EndDevice } from "../residents/EndDevice";
import { words } from "./devices.words";

type Filters = { state?: string; region?: string };

export default function Devices() {
  const t = useWords(words);
  const asked = Object.fromEntries(useRoute().query) as Filters;
  const trail = useTrail(JSON.stringify(asked));
  const state = asked.state === "active" || asked.state === "suspended" || asked.state === "ended" ? asked.state : undefined;
  const list = useRead(at("/devices", {}, { state, region: asked.region, after: trail.after }));
  const [ending, setEnding] = useState<AnyDevice | null>(null);
  const filtered = Boolean(asked.state || asked.region);
  const next = list.data?.next;
  useHeadNote(t.note);
  const nothing = next ? <FurtherBack go={() => trail.forth(next)} /> : <Empty title={filtered ? t.none : t.empty}>{filtered ? t.noneDo : t.emptyDo}</Empty>;
  return (
    <>
      <Bench>
        <FilterBar asked={asked} filtered={filtered} />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <Rows rows={list.data?.items ?? []} nothing={list.data ? nothing : <Waiting />} end={setEnding} />
          <Paging trail={trail} next={next} />
        </section>
      )}
      <EndDevice device={ending} onClose={() => setEnding(null)} changed={list.again} />
    </>
  );
}

function FilterBar({ asked, filtered }: { asked: Filters; filtered: boolean }) {
  const t = useWords(words);
  const set = (change: Filters): void => go(href("devices", null, { ...asked, ...change }));
  const states: DeviceState[] = ["active", "suspended", "ended"];
  return (
    <>
      <label className="field" htmlFor="device-state">
        {t.head.state}
        <Select
          id="device-state"
          value={asked.state}
          onChange={(state?: string) => set({ state })}
          options={states.map((value) => ({ value, label: t.states[value] }))}
          allowClear
          placeholder={t.all}
        />
      </label>
      <label className="field" htmlFor="device-region">
        {t.head.region}
        <RegionSelect id="device-region" cities value={asked.region} anywhere={t.anywhere} onChange={(region) => set({ region })} />
      </label>
      {filtered && <Button onClick={() => go(href("devices"))}>{t.clear}</Button>}
    </>
  );
}

interface RowsProps {
  rows: AnyDevice[];
  nothing: React.ReactNode;
  end: (device: AnyDevice) => void;
}

function Rows({ rows, nothing, end }: RowsProps) {
  const t = useWords(words);
  const terms = useTerms();
  const { language } = useLanguage();
  const { moment } = useFormat();
  return (
    <Listing<AnyDevice>
      rowKey="id"
      rows={rows}
      empty={nothing}
      columns={[
        { title: t.head.id, dataIndex: "id", rowScope: "row", render: (id: string) => <code title={id}>{shortId(id)}</code> },
        {
          title: t.head.resident,
          dataIndex: "resident",
          render: (id: string) => (
            <a href={href("residents", id)} title={id}>
              <code>{shortId(id)}</code>
            </a>
          ),
        },
        { title: t.head.region, dataIndex: "region", render: (region: string) => <span className="nowrap">{regionName(region, language)}</span> },
        { title: t.head.enrolled, dataIndex: "enrolled_at", render: (since: number) => <span className="nowrap">{moment(since)}</span> },
        { title: t.head.suite, dataIndex: "suite", render: suiteName },
        { title: t.head.attested, dataIndex: "attested", render: (attested: boolean) => (attested ? t.attested : <span className="quiet">{t.unattested}</span>) },
        { title: t.head.state, key: "state", render: (_, row) => <DeviceStanding device={row} /> },
        { title: t.head.reason, dataIndex: "reason", render: (reason: string | null) => (reason ? named(terms.ended, reason) : "—") },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, row) =>
            row.state !== "ended" && (
              <button type="button" className="press stop" onClick={() => end(row)}>
                {t.end}
                <span className="away">{shortId(row.id)}</span>
              </button>
            ),
        },
      ]}
    />
  );
}

/** A device that waits for the end of a recovery's hold is neither in use nor gone. */
const tone = (state: DeviceState): "plain" | "late" | "gone" => (state === "active" ? "plain" : state === "suspended" ? "late" : "gone");

function DeviceStanding({ device }: { device: AnyDevice }) {
  const t = useWords(words);
  const { moment } = useFormat();
  return (
    <>
      <Standing tone={tone(device.state)}>{t.states[device.state]}</Standing>
      {device.ended_at !== null && <small className="under quiet nowrap">{moment(device.ended_at)}</small>}
    </>
  );
}
