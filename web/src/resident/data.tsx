// "Who saw my code" and the consents: what the server recorded, and what this device found among sealed records. It judges nothing.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { civilDay, hourMinute, longDay } from "../shared/times";
import { say, type Both } from "../shared/words";
import type { RecordEntry, Site } from "../api/types";
import { raw } from "../device/api";
import { findSealed, type Found } from "../device/record";
import { Consents } from "./consents";
import { rightsDeed, Rights } from "../rights/rights";
import "../rights/rights.css";
import { Counts } from "./counts";
import { session, useSession } from "./context";
import { Pick } from "./parts";
import { Eye } from "./plate";
import { f, later, type LaterKey } from "./later.words";
import { t, table, type WordKey } from "./words";
import { Young } from "./young";

/** Deeds by which somebody else looks; all others are the resident's own or the platform's. */
const LOOKS = ["check", "resolve", "bind_card", "find_bound", "see_residents", "see_requests", "see_mandates", "see_ward_record", "ask_audit_search", "approve_audit_search", "read_person_uses"];
const DAYS_BACK = 3;

type Kind = "look" | "no" | "unsure" | "self";
function kindOf(entry: RecordEntry): Kind {
  if (!LOOKS.includes(entry.deed)) return "self";
  return entry.outcome === "refused" ? "no" : entry.outcome === "could_not_check" ? "unsure" : "look";
}

const nobody: Both = { zh: "", en: "" };

/** A sealed note as an entry, in the words of its scenario and place. */
function asEntry(found: Found, sites: Map<number, Site>): RecordEntry {
  const scenario = session.scenarioById(found.scenario);
  const place = sites.get(found.site)?.name ?? { zh: `第 ${found.site} 号点`, en: `Site ${found.site}` };
  return {
    id: `sealed-${found.id}`, at: found.at, deed: "check", scenario: scenario?.slug ?? "", scenario_name: scenario?.name ?? nobody, place, who: scenario?.owner ?? nobody,
    why: scenario?.purpose ?? nobody, saw: scenario?.sees ?? nobody, role: nobody, outcome: "valid", reason: null, form: "T1", online: false,
  };
}

/** One show is signed anew every 30 s; a gate that saw two of them within two minutes saw it once. */
function once(found: Found[]): Found[] {
  const sorted = [...found].sort((a, b) => a.at - b.at);
  return sorted.filter((f, i) => !sorted.slice(0, i).some((g) => g.site === f.site && f.at - g.at < 5));
}

async function siteNames(found: Found[]): Promise<Map<number, Site>> {
  const kept = new Map((await session.local.get<[number, Site][]>("sites")) ?? []);
  for (const number of new Set(found.map((f) => f.site))) {
    if (!kept.has(number)) await session.site(number).then((site) => kept.set(number, site)).catch(() => undefined);
  }
  await session.local.set("sites", [...kept]);
  return kept;
}

export function Data() {
  useSession();
  const [part, setPart] = useState("record");
  return (
    <main class="page" id="main">
      <header class="head"><h1>{t("dataTitle")}</h1>
        <Pick name="part" value={part} label={t("tabData")} options={[["record", t("dataTitle")], ["consents", t("consents")], ["rights", t("rights")]]} onPick={setPart} /></header>
      {part === "record" ? <TheRecord /> : part === "consents" ? <Consents /> : <><Young /><Rights /></>}
    </main>
  );
}

function useRecord() {
  const [entries, setEntries] = useState<RecordEntry[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [stale, setStale] = useState(false);
  const [ready, setReady] = useState(false);
  const [consents, setConsents] = useState(0);
  const load = async (before?: string) => {
    try {
      const page = await session.record(before);
      const found = before ? [] : once(await findSealed(session.local, session.clock.at(), DAYS_BACK).catch(() => session.local.found<Found>()));
      const sites = await siteNames(found);
      const fresh = [...page.entries, ...found.map((f) => asEntry(f, sites))];
      const all = before ? [...entries, ...fresh] : fresh;
      setEntries(all.sort((a, b) => b.at - a.at));
      setNext(page.next);
      setStale(false);
      if (!before) {
        await session.local.set("record", all.slice(0, 200));
        setConsents((await session.consents()).filter((c) => c.state === "active").length);
      }
    } catch {
      setEntries((await session.local.get<RecordEntry[]>("record")) ?? []);
      setStale(true);
    }
    setReady(true);
  };
  useEffect(() => { void load(); }, []);
  return { entries, next, stale, ready, consents, more: () => void load(next ?? undefined) };
}

const filters = ["All", "Looks", "Refused", "Mine"] as const;

function TheRecord() {
  const { entries, next, stale, ready, consents, more } = useRecord();
  const [filter, setFilter] = useState<(typeof filters)[number]>("All");
  const week = entries.filter((e) => e.at > session.clock.at() - 7 * 86400);
  const shown = entries.filter((e) => {
    const kind = kindOf(e);
    return filter === "All" || (filter === "Looks" && kind === "look") || (filter === "Refused" && (kind === "no" || kind === "unsure")) || (filter === "Mine" && kind === "self");
  });
  return (
    <>
      <div class="sum">
        <div><b>{week.filter((e) => kindOf(e) === "look").length}</b>{t("sumLooks")}<br />{t("sumWeek")}</div>
        <div><b>{week.filter((e) => kindOf(e) === "no").length}</b>{t("sumRefused")}<br />{t("sumNothing")}</div>
        <div><b>{consents}</b>{t("sumConsents")}<br />{t("sumActive")}</div>
      </div>
      <div class="filter" role="group" aria-label={t("filterLabel")}>
        {filters.map((f) => <button key={f} aria-pressed={filter === f} onClick={() => setFilter(f)}>{t(`filter${f}`)}</button>)}
      </div>
      {stale && <p class="note" role="status"><Icon name="netoff" />{t("dataOffline")}</p>}
      {ready && shown.length === 0 && <div class="empty"><Eye /><b>{t("dataEmpty")}</b>{t("dataEmptyText")}</div>}
      <Timeline entries={shown} />
      {next && filter === "All" && <button class="textbtn" onClick={more}>{t("dataMore")}</button>}
      {ready && <Export />}
      {ready && !stale && <Counts />}
    </>
  );
}

function Timeline({ entries }: { entries: RecordEntry[] }) {
  const today = civilDay(session.clock.at());
  const days = [...new Set(entries.map((e) => civilDay(e.at)))];
  return (
    <div class="timeline">
      {days.map((day) => {
        const list = entries.filter((e) => civilDay(e.at) === day);
        return (
          <section key={day}>
            <h2 class="day"><b>{day === today ? t("today") : day === today - 1 ? t("yesterday") : ""}</b><span>{longDay((list[0] as RecordEntry).at)}</span></h2>
            {list.map((entry, i) => <Look key={entry.id} entry={entry} last={i === list.length - 1} />)}
          </section>
        );
      })}
    </div>
  );
}

function Node({ kind }: { kind: Kind }) {
  if (kind === "look") return <svg class="node" viewBox="0 0 26 26" role="img" aria-label={t("node_look")}><circle cx="13" cy="13" r="12" fill="currentColor" /><path d="M5 13s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5Z" fill="none" stroke="var(--on-blue)" stroke-width="1.8" /><circle cx="13" cy="13" r="2.2" fill="var(--on-blue)" /></svg>;
  if (kind === "no") return <svg class="node" viewBox="0 0 26 26" role="img" aria-label={t("node_no")}><path d="M8 1h10l7 7v10l-7 7H8l-7-7V8z" fill="currentColor" /><path d="M8 13h10" stroke="var(--on-seal)" stroke-width="3" /></svg>;
  if (kind === "unsure") return <svg class="node" viewBox="0 0 26 26" role="img" aria-label={t("sawUnsure")}><path d="M13 1.5 24.5 13 13 24.5 1.5 13z" fill="none" stroke="currentColor" stroke-width="2" /><path d="M13 8v6M13 17v1" stroke="currentColor" stroke-width="2.5" /></svg>;
  return <svg class="node" viewBox="0 0 26 26" role="img" aria-label={t("node_self")}><rect x="1" y="1" width="24" height="24" rx="5" fill="none" stroke="currentColor" stroke-width="2" /><rect x="9" y="9" width="8" height="8" fill="currentColor" /></svg>;
}

export const deedWords = (deed: string): string => rightsDeed(deed) ?? f((`deed_${deed}` in later ? `deed_${deed}` : "deed_other") as LaterKey);

function Look({ entry, last }: { entry: RecordEntry; last: boolean }) {
  const kind = kindOf(entry);
  const place = say(entry.place), who = say(entry.who);
  const title = place || who || deedWords(entry.deed);
  return (
    <article class={`look ${kind}${last ? " last" : ""}`} data-online={String(entry.online)}>
      <Node kind={kind} />
      <h3>{title}<time>{hourMinute(entry.at)}</time></h3>
      {kind === "self"
        ? <><p class="why">{title !== deedWords(entry.deed) && deedWords(entry.deed)}</p><Role entry={entry} title={title} /></>
        : <>
          <p class="why">{who && who !== title && <>{who}<br /></>}{say(entry.why) && t("whyFor", { why: say(entry.why) })}
            {entry.form && !roleOf(entry) && `form_${entry.form}` in table && <><br />{t("formWords", { form: t(`form_${entry.form}` as WordKey) })}</>}</p>
          <Role entry={entry} />
          <p class="saw">{kind === "look" ? <Saw text={say(entry.saw) || deedWords(entry.deed)} /> : <span class="stopped">{t(kind === "no" ? "sawNothing" : "sawUnsure")}</span>}
            {!entry.online && <span class="not">{t("sealedBy")}</span>}</p>
        </>}
    </article>
  );
}

/** In which role the other one stood, never by name; an entry that was kept before there were roles has none. */
const roleOf = (entry: RecordEntry): string => (entry.role ? say(entry.role) : "");
function Role({ entry, title }: { entry: RecordEntry; title?: string }) {
  const role = roleOf(entry);
  return role && role !== title ? <p class="why role"><Icon name="me" small /><b>{role}</b></p> : null;
}

/** The first sentence is what they saw; what follows says what stayed unseen. */
function Saw({ text }: { text: string }) {
  const [first = "", ...rest] = text.match(/[^。.]+[。.]?\s*/g) ?? [];
  return <><span>{first.replace(/[。.]\s*$/, "")}</span>{rest.length > 0 && <span class="not">{rest.join("")}</span>}</>;
}

function Export() {
  const [said, setSaid] = useState("");
  const save = async () => {
    try {
      const identity = session.snapshot.identity;
      if (!identity) return;
      const { signWith } = await import("../device/keys");
      const signer = { keyId: identity.deviceId, sign: signWith(identity.key.privateKey), at: () => session.clock.at() };
      const online = (await (await raw("GET", "/record/export", undefined, signer)).json()) as unknown;
      const both = { online, sealed: await session.local.found<Found>() };
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(both, null, 2)], { type: "application/json" }));
      link.download = "yima-record.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      setSaid(t("dataExported"));
    } catch (error) { setSaid(asProblem(error).words); }
  };
  return <div class="ways"><button class="btn" onClick={() => void save()}><Icon name="save" small />{t("dataExport")}</button>{said && <p class="center" role="status">{said}</p>}</div>;
}
