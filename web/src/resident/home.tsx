// Showing the code: the first page, and the whole of it works without a network. It knows what to say about a code, not how one is made.
import { useEffect, useState } from "preact/hooks";
import { Icon, scenarioIcon } from "../shared/icons";
import { hourMinute } from "../shared/times";
import { say } from "../shared/words";
import { session, useSeconds, useSession } from "./context";
import { Confirm } from "./confirm";
import { Note, Whose, forWhom, isFirm, offered, PlaceSheet, Says, shortName } from "./parts";
import { Eye, Plate } from "./plate";
import { NumberSheet } from "./number";
import type { Scenario } from "../api/types";
import type { Snapshot } from "./session";
import { useShowing, type Shown } from "./showing";
import { t } from "./words";

const favourites = ["bus", "hospital", "library", "window"];

/** The form for the chosen place: T1 unless it does not take it, T0 on request or where T1 is not enough. */
export function formFor(large: boolean): "T1" | "T0" | "scan" {
  const forms = session.chosen()?.forms;
  if (large && (!forms || forms.includes("T0"))) return "T0";
  if (!forms || forms.includes("T1")) return "T1";
  return forms.includes("T1c") ? "scan" : forms.includes("T0") ? "T0" : "T1";
}

export function Home() {
  const snap = useSession();
  const [large, setLarge] = useState(false);
  const [sheet, setSheet] = useState<"places" | "number" | null>(null);
  const form = formFor(large);
  useEffect(() => setLarge(false), [snap.scenario]);
  return (
    <main class="page" id="main">
      <h1 class="away">{t("tabShow")}</h1>
      <Whose snap={snap} />
      {form === "scan" ? <ScanFirst snap={snap} onLarge={() => setLarge(true)} /> : <CodePlate snap={snap} form={form} />}
      <Chips snap={snap} onMore={() => setSheet("places")} />
      {snap.place && <p class="here"><Icon name="pin" small /><span class="grow">{t("hereAt", { place: say(snap.place.name) })}</span><button class="textbtn" onClick={() => session.leave()}>{t("leave")}</button></p>}
      <Sees snap={snap} also={form === "T1" ? also(snap) : undefined} />
      {form === "T1" && <KeptBack snap={snap} />}
      {form !== "scan" && session.chosen()?.any_site === false && !snap.place
        ? <Note icon="pin" title={t("siteTitle")} end={<a class="btn small" href="#/scan">{t("siteDo")}</a>}>{t("siteText")}</Note>
        : <State snap={snap} form={form} />}
      <p class="hint"><Icon name="sun" small /><span>{t("hintBright")}
        {form !== "scan" && (session.chosen()?.forms.includes("T0") ?? true) && <><button onClick={() => setLarge(!large)}>{large ? t("hintNormal") : t("hintLarge")}</button>{t("hintOr")}</>}
        <button onClick={() => setSheet("number")}>{t("hintNumber")}</button></span></p>
      {sheet === "places" && <PlaceSheet onClose={() => setSheet(null)} />}
      {sheet === "number" && <NumberSheet onClose={() => setSheet(null)} />}
    </main>
  );
}

const Head = ({ snap, onRenew }: { snap: Snapshot; onRenew?: () => void }) => (
  <div class="who">
    <div class="grow"><b>{snap.acting?.name ?? snap.identity?.nameMasked}</b><small>{snap.acting ? forWhom(snap.acting) : t("myself")}</small></div>
    {onRenew && <button class="swap" onClick={onRenew}><Icon name="refresh" small />{t("fresh")}</button>}
  </div>
);

function CodePlate({ snap, form }: { snap: Snapshot; form: "T1" | "T0" }) {
  const shown = useShowing(form, `${snap.scenario}/${snap.place?.site ?? 0}/${snap.carrying}/${snap.acting?.id ?? ""}`);
  const { showing, left, turn } = shown;
  return (
    <>
      <Plate form={showing?.form ?? form} digits={snap.ended || snap.home?.restricted ? null : (showing?.digits ?? null)} label={t("codeLabel")} turn={turn} head={<Head snap={snap} onRenew={shown.renew} />}
        foot={<p class="life"><span aria-hidden="true"><b>{left}</b> {t("renewIn")}</span><Link snap={snap} form={form} /></p>}
        empty={<Missing snap={snap} shown={shown} />} />
      <Confirm shown={form === "T0" && showing !== null} onAnswer={shown.renew} />
      <Says showing={snap.ended || snap.home?.restricted ? null : showing} also={also(snap)} end={<button class="textbtn carry" onClick={() => void session.carry(false)}>{t("carriesStop")}</button>} />
      {showing?.reused && <Note icon="history" late title={t("usedTitle")}>{t("usedText")}</Note>}
      {showing?.late && <Note icon="history" late title={t("lateTitle")}>{t("lateText")}</Note>}
    </>
  );
}

function Missing({ snap, shown }: { snap: Snapshot; shown: Shown }) {
  if (snap.ended) return <><Eye /><b>{t("endedTitle")}</b><span>{t("endedText")}</span><button class="btn primary" onClick={() => void session.forget()}>{t("endedDo")}</button></>;
  if (snap.home?.restricted) return <><Eye /><b>{t("restrictedTitle")}</b><span>{t("restrictedText")}</span><a class="btn" href="#/data">{t("rights")}</a></>;
  if (snap.home?.state === "suspended") return <><Eye /><b>{t("suspendedTitle")}</b><span>{t("suspendedText")}</span></>;
  if (snap.drawing || !shown.ready) return <><Eye /><b>{t("drawing")}</b></>;
  return <><Eye /><b>{t("noneTitle")}</b><span>{snap.problem ? snap.problem.words : t("noneText")}</span><button class="btn" onClick={() => void session.sync().then(shown.renew)}>{t("again")}</button></>;
}

function Link({ snap, form }: { snap: Snapshot; form: string }) {
  if (snap.minutesSlow !== 0) return <span class="row"><Icon name="clock" small />{t("corrected")}</span>;
  if (form === "T0") return <span class="row"><Icon name="neton" small />{t("largeGrid")}</span>;
  return <span class="row"><Icon name={snap.online ? "neton" : "netoff"} small />{t(snap.online ? "online" : "offlineCode")}</span>;
}

function ScanFirst({ snap, onLarge }: { snap: Snapshot; onLarge: () => void }) {
  const scenario = session.chosen();
  return (
    <Plate form="T1" digits={null} label="" turn={0} head={<Head snap={snap} />} foot={null} empty={<>
      <Eye /><b>{t("needAnswerTitle")}</b><span>{t("needAnswerText", { place: scenario ? say(scenario.name) : "" })}</span>
      <a class="btn primary" href="#/scan"><Icon name="scan" small />{t("needAnswerDo")}</a>
      {scenario?.forms.includes("T0") && <button class="textbtn" onClick={onLarge}>{t("hintLarge")}</button>}
    </>} />
  );
}

function Chips({ snap, onMore }: { snap: Snapshot; onMore: () => void }) {
  const list = offered(snap.scenarios);
  const fixed = favourites.flatMap((slug) => list.find((s) => s.slug === slug) ?? []);
  const chosen = list.find((s) => s.slug === snap.scenario);
  const four = fixed.length ? fixed : list.slice(0, 4);
  const shown = chosen && !four.includes(chosen) ? [...four.slice(0, 3), chosen] : four;
  return (
    <div class="chips" role="group" aria-label={t("whereLabel")}>
      <button aria-pressed={snap.scenario === "any"} onClick={() => void session.choose("any")}><Icon name="any" />{t("any")}</button>
      {shown.map((s) => <button key={s.slug} aria-pressed={s.slug === snap.scenario} onClick={() => void session.choose(s.slug)}><Icon name={scenarioIcon(s.slug)} />{shortName(s)}</button>)}
      <button aria-haspopup="dialog" onClick={onMore}><Icon name="more" />{t("more")}</button>
    </div>
  );
}

/** The scenario whose meaning the code carries beside the chosen one's: one code for boarding and the benefit. */
export const also = (snap: Snapshot): Scenario | undefined => (snap.carrying ? session.carried() : undefined);

/** The resident keeps the benefit to themselves here, and may show it again. */
function KeptBack({ snap }: { snap: Snapshot }) {
  const other = snap.carrying ? undefined : session.carried();
  if (!other) return null;
  return (
    <p class="here carries"><Icon name={scenarioIcon(other.slug)} small /><span class="grow">{t("carriesOff", { what: say(other.name) })}</span>
      <button class="textbtn carry" onClick={() => void session.carry(true)}>{t("carriesGo")}</button></p>
  );
}

function Sees({ snap, also: other }: { snap: Snapshot; also: Scenario | undefined }) {
  const [first = "", ...rest] = sentences(session.chosen());
  const more = other && t(other.flavour === "benefit" ? "attr_benefit" : "attr_age_band").toLowerCase();
  return <p class="sees" data-scenario={snap.scenario}><Icon name="eye" /><b>{t("theySee", { what: more ? t("seesAlso", { seen: first, more }) : first })}</b><span>{actingSeen(snap)}{rest.length ? rest.join("") : t("seesNever")}</span></p>;
}

/** What an online checker sees beside it of an enterprise or an office; the manifest says whether an office is named. */
function actingSeen(snap: Snapshot): string {
  if (isFirm(snap.acting)) return `${t("firmSeen")} · `;
  return snap.acting?.kind === "post" ? `${t(session.chosen()?.officer ? "postSeen" : "postUnseen")} · ` : "";
}

/** What the checker sees, a sentence each; the first is the answer, the rest says what stays unseen. */
function sentences(scenario: Scenario | undefined): string[] {
  const text = scenario ? say(scenario.sees) : t("anySees");
  return (text.match(/[^。.]+[。.]?\s*/g) ?? [text]).map((part, i) => (i === 0 ? part.replace(/[。.]\s*$/, "") : part));
}

function State({ snap, form }: { snap: Snapshot; form: string }) {
  const at = useSeconds();
  const n = Math.abs(snap.minutesSlow);
  if (n >= 1) {
    const phone = session.clock.phoneAt();
    return <Note icon="clock" late title={t(snap.minutesSlow > 0 ? "slowTitle" : "fastTitle", { n })} end={<span class="two"><s>{hourMinute(phone)}</s>{hourMinute(at)}</span>}>{t("skewText")}</Note>;
  }
  if (snap.ended) return null;
  if (snap.problem) return <Note icon="hand" late title={snap.problem.words}>{null}</Note>;
  if (!snap.online && form === "T1" && snap.left > 0) return <Note icon="netoff" title={t("offTitle")}>{t("offText", { n: snap.left, time: hourMinute(snap.leftUntil) })}</Note>;
  return null;
}
