// Family: for whom I act, who acts for me, and how a helper comes forward. Ending is one touch; a switch says whose code is shown.
// It knows mandates as the server lists them, and decides nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import "./family.css";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { dayAndTime, hourMinute, isoDate } from "../shared/times";
import { say } from "../shared/words";
import type { Enterprises, Invitation, Mandates, OwnEnterprise, OwnMandate, PostsToShow, PostToShow, RecordPage } from "../api/types";
import { session, useSession } from "./context";
import { deedWords } from "./data";
import { Firms } from "./firms";
import { f, type LaterKey } from "./later.words";
import { Offices, postShown } from "./offices";
import { Wrong } from "./parts";
import { Trust } from "./trust";
import { Wards } from "./wards";
import { t } from "./words";

/** Comes with this page: a chunk of its own would split what the first load has in one. */
export { Screen } from "./screen";

/** What an elder may let a helper do. */
const SCOPES = ["show_code", "book", "read_notices", "claim_benefit"] as const;

const named = (one: OwnMandate): string => one.name_masked || f("somebody");
const kindWord = (one: OwnMandate): string => f(`kind_${one.kind}` as LaterKey);

const firmShown = (one: OwnEnterprise) => ({ id: one.id, name: one.name, kind: one.represents ? "representative" : "agent" });

function useMandates() {
  const [list, setList] = useState<OwnMandate[]>([]);
  const [firms, setFirms] = useState<Enterprises>({ enterprises: [], offers: 0 });
  const [posts, setPosts] = useState<PostToShow[]>([]);
  const [stale, setStale] = useState(false);
  // An answer that was asked for earlier never covers a later one: after a deed the list is asked for again at once.
  const turns = useRef(0);
  const load = async (): Promise<void> => {
    const turn = ++turns.current;
    const over = (): boolean => turn !== turns.current;
    try {
      const { mandates } = await session.ask<Mandates>("GET", "/mandates");
      const own = await session.ask<Enterprises>("GET", "/enterprises");
      const held = (await session.ask<PostsToShow>("GET", "/posts")).posts;
      if (over()) return;
      setList(mandates);
      setFirms(own);
      setPosts(held);
      setStale(false);
      await session.local.set("mandates", mandates);
      await session.local.set("enterprises", own);
      await session.local.set("posts", held);
      const people = mandates.filter((one) => one.may_show).map((one) => ({ id: one.id, name: one.name_masked, kind: one.kind }));
      await session.knowFamily([...people, ...own.enterprises.filter((one) => one.may_show).map(firmShown), ...held.map(postShown)]);
    } catch {
      if (over()) return;
      setList((await session.local.get<OwnMandate[]>("mandates")) ?? []);
      setFirms((await session.local.get<Enterprises>("enterprises")) ?? { enterprises: [], offers: 0 });
      setPosts((await session.local.get<PostToShow[]>("posts")) ?? []);
      setStale(true);
    }
  };
  useEffect(() => {
    const again = (): void => void load();
    again();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);
  return { list, firms, posts, stale, load };
}

export function Family() {
  useSession();
  const { list, firms, posts, stale, load } = useMandates();
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const [ending, setEnding] = useState<OwnMandate | null>(null);
  const [reading, setReading] = useState<OwnMandate | null>(null);
  const [came, setCame] = useState(0);
  const act = (one: OwnMandate, verb: string): void => {
    setWrong("");
    session.ask("POST", `/mandates/${one.id}/${verb}`, verb === "restore" ? undefined : {}).then(() => { setSaid(f("familyDone")); setEnding(null); void load(); }, (error: unknown) => { setEnding(null); setWrong(asProblem(error).words); });
  };
  const rows = (acts: boolean) => list.filter((one) => one.acts === acts).map((one) => <Row key={one.id} one={one} onVerb={(verb) => act(one, verb)} onEnd={() => setEnding(one)} onRead={() => setReading(one)} />);
  const [mine, theirs] = [rows(true), rows(false)];
  return (
    <main class="page" id="main">
      <header class="head"><h1>{t("family")}</h1></header>
      <p class="head">{f("familyLead")}</p>
      {wrong && <Wrong text={wrong} />}
      {said && <p class="note" role="status"><Icon name="check" />{said}</p>}
      {stale && <p class="note" role="status"><Icon name="netoff" />{f("familyOffline")}</p>}
      <section class="card" aria-labelledby="fam-act"><h2 id="fam-act">{f("iAct")}</h2>{mine.length ? mine : <p class="line">{f("iActNone")}</p>}</section>
      <section class="card" aria-labelledby="fam-me"><h2 id="fam-me">{f("overMe")}</h2>{theirs.length ? theirs : <p class="line">{f("overMeNone")}</p>}</section>
      <Firms firms={firms} onShow={(one) => { void session.actFor(firmShown(one)).then(() => { location.hash = "#/"; }); }} />
      <Offices posts={posts} onShow={(one) => { void session.actFor(postShown(one)).then(() => { location.hash = "#/"; }); }} />
      <Ask />
      <Wards list={list} />
      <Trust turn={came} />
      <Help onDone={() => { setCame(came + 1); void load(); }} />
      {ending && <Ending one={ending} onEnd={() => act(ending, "end")} onClose={() => setEnding(null)} />}
      {reading && <Reading one={reading} onClose={() => setReading(null)} />}
    </main>
  );
}

function Row({ one, onVerb, onEnd, onRead }: { one: OwnMandate; onVerb: (verb: string) => void; onEnd: () => void; onRead: () => void }) {
  const until = one.undo_until_at && one.may_undo ? f("undoUntil", { date: isoDate(one.undo_until_at) })
    : one.state === "ended" ? "" : one.consent_by_at ? f("consentBy", { date: isoDate(one.consent_by_at) }) : f("until", { date: isoDate(one.until_at) });
  const show = (): void => { void session.actFor({ id: one.id, name: one.name_masked, kind: one.kind }).then(() => { location.hash = "#/"; }); };
  return (
    <div class="line kin" data-state={one.state}>
      <div class="grow"><b>{named(one)} · {kindWord(one)}</b><small>{f(`stands_${one.state}` as LaterKey)}{until && ` · ${until}`}</small>
        {one.state !== "ended" && <small>{one.scopes.map((scope) => f(`scope_${scope}` as LaterKey)).join(" · ")}</small>}</div>
      <div class="ends">
        {one.may_show && <button class="btn small primary" onClick={show}>{f("show")}<span class="away"> {named(one)}</span></button>}
        {one.may_confirm && <button class="btn small primary" onClick={() => onVerb("confirm")}>{f("agree")}<span class="away"> {named(one)}</span></button>}
        {one.may_see && <button class="btn small" onClick={onRead}>{f("see")}<span class="away"> {named(one)}</span></button>}
        {one.may_undo && <button class="btn small" onClick={() => onVerb("restore")}>{f("undo")}</button>}
        {one.may_end && <button class="btn small stop" onClick={onEnd}>{f("end")}<span class="away"> {named(one)}</span></button>}
      </div>
    </div>
  );
}

function Ending({ one, onEnd, onClose }: { one: OwnMandate; onEnd: () => void; onClose: () => void }) {
  const title = f("endTitle", { name: named(one) });
  return (
    <Sheet label={title} onClose={onClose}>
      <h2>{title}</h2>
      <ul class="points"><li><Icon name="hand" /><span>{f("endText")}</span></li></ul>
      <button class="btn stop solid" onClick={onEnd}>{f("endDo")}</button>
      <button class="btn" onClick={onClose}>{f("keep")}</button>
    </Sheet>
  );
}

/** The elder chooses what a helper may do, and gets a code to read aloud. */
function Ask() {
  const [chosen, setChosen] = useState<string[]>(["show_code"]);
  const [made, setMade] = useState<Invitation | null>(null);
  const [wrong, setWrong] = useState("");
  const make = (): void => {
    setWrong("");
    session.ask<Invitation>("POST", "/mandates/invitations", { scopes: chosen }).then(setMade, (error: unknown) => setWrong(asProblem(error).words));
  };
  const flip = (scope: string): void => setChosen(chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope]);
  return (
    <section class="card" aria-labelledby="fam-ask"><h2 id="fam-ask">{f("ask")}</h2>
      <p class="line">{f("askText")}</p>
      {SCOPES.map((scope) => <label class="line tick" key={scope}><input type="checkbox" checked={chosen.includes(scope)} onChange={() => flip(scope)} /><span class="grow">{f(`scope_${scope}` as LaterKey)}</span></label>)}
      {wrong && <Wrong text={wrong} />}
      {made && <p class="line spoken" role="status"><span class="grow"><b>{f("askCode")}</b><code>{made.code}</code><small>{f("askUntil", { time: hourMinute(made.expires_at) })}</small></span></p>}
      <div class="line"><button class="btn" disabled={chosen.length === 0} onClick={make}>{f("askDo")}</button></div>
    </section>
  );
}

function Help({ onDone }: { onDone: () => void }) {
  const [code, setCode] = useState("");
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const come = (): void => {
    setWrong("");
    session.ask<{ id: string }>("POST", "/mandates", { code }).then(({ id }) => { setSaid(f(id.startsWith("tru_") ? "helpTrusted" : "helpDone")); setCode(""); onDone(); }, (error: unknown) => setWrong(asProblem(error).words));
  };
  return (
    <section class="card" aria-labelledby="fam-help"><h2 id="fam-help">{f("help")}</h2>
      <p class="line">{f("helpText")}</p>
      {said && <p class="line" role="status">{said}</p>}
      {wrong && <Wrong text={wrong} />}
      <form class="line" onSubmit={(e) => { e.preventDefault(); come(); }}>
        <label class="field grow"><span>{f("helpField")}</span><input name="helper-code" value={code} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(e) => setCode(e.currentTarget.value)} /></label>
        <button class="btn small" disabled={code.replace(/[^0-9a-z]/gi, "").length < 10}>{f("helpDo")}</button>
      </form>
    </section>
  );
}

/** What the mandate shows of the other one's record; an empty one says nothing about why. */
function Reading({ one, onClose }: { one: OwnMandate; onClose: () => void }) {
  const [page, setPage] = useState<RecordPage | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => { session.ask<RecordPage>("GET", `/mandates/${one.id}/record`).then(setPage, (error: unknown) => setWrong(asProblem(error).words)); }, []);
  const title = f("recordOf", { name: named(one) });
  return (
    <Sheet label={title} onClose={onClose}>
      <h2>{title}</h2>
      {wrong && <Wrong text={wrong} />}
      {page && page.entries.length === 0 && <p>{f("recordNone")}</p>}
      {page?.entries.map((entry, i) => {
        // A whole entry has a place or a teller; of an older child only the day and the scenario are told.
        const whole = say(entry.place) !== "" || say(entry.who) !== "";
        return <div class="line" key={`${entry.id}/${i}`}><div class="grow"><b>{say(entry.place) || say(entry.scenario_name) || deedWords(entry.deed)}</b><small>{whole ? dayAndTime(entry.at) : isoDate(entry.at)} · {deedWords(entry.deed)}</small></div></div>;
      })}
      <button class="btn" onClick={onClose}>{f("close")}</button>
    </Sheet>
  );
}
