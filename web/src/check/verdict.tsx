// The answer to a code: word, shape, ground, next step, and beneath it what was seen and checked. Three verdicts that can't be taken for each other.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { readT1 } from "../code/token";
import { fromDigits } from "../code/digits";
import { hourMinuteSecond, span } from "../shared/times";
import { currentLang, say } from "../shared/words";
import type { Verdict } from "../api/types";
import { CardSheet } from "./card";
import { gate, useGate, useWide } from "./context";
import type { Answer } from "./gate";
import { verdictWord } from "./reasons";
import { signal } from "./signal";
import { t, table, type WordKey } from "./words";

const GROUND = { valid: "ok", refused: "no", could_not_check: "unk" } as const;
const BACK_MS = { wide: 5_000, valid: 8_000 };

export function Shape({ kind }: { kind: Verdict["verdict"] }) {
  if (kind === "valid") return <svg class="shape" viewBox="0 0 200 200" aria-hidden="true"><circle cx="100" cy="100" r="98" class="f" /><path d="M52 104l34 34 64-74" class="g" /></svg>;
  if (kind === "refused") return <svg class="shape" viewBox="0 0 200 200" aria-hidden="true"><path d="M60 3h80l57 57v80l-57 57H60L3 140V60z" class="f" /><path d="M48 100h104" class="g bar" /></svg>;
  return <svg class="shape" viewBox="0 0 200 200" aria-hidden="true"><path d="M100 6 194 100 100 194 6 100z" class="h" /><path d="M76 80a25 25 0 1 1 36 23c-8 4-12 9-12 20" class="q" /><circle cx="100" cy="146" r="10" class="qd" /></svg>;
}

/** `[换新]` in a sentence is a button on the other's screen: drawn as a key. */
function Advice({ text }: { text: string }) {
  return <>{text.split(/(\[[^\]]+\])/).map((part, i) => (part.startsWith("[") ? <kbd key={i}>{part.slice(1, -1)}</kbd> : part))}</>;
}

const key = (prefix: string, name: string | number, other: WordKey): WordKey => (`${prefix}_${name}` in table ? (`${prefix}_${name}` as WordKey) : other);

function disclosed(v: Verdict): string {
  const parts = [v.age_band > 0 && `age_${v.age_band}` in table ? t(`age_${v.age_band}` as WordKey) : "", v.benefit > 0 && `benefit_${v.benefit}` in table ? t(`benefit_${v.benefit}` as WordKey) : "", v.acting ? onBehalf(v) : ""];
  return parts.filter(Boolean).join(" · ");
}

/** On whose behalf: the platform says it, an offline check knows only that somebody acts. */
function onBehalf(v: Verdict): string {
  if (v.shown_for && v.post) return t(v.post.deputy ? "actingDeputy" : "actingPost", { office: v.shown_for, post: say(v.post.words) });
  if (v.shown_for_kind === "officer") return t("actingOffice");
  return v.shown_for ? t("actingFirm", { name: v.shown_for }) : t("acting");
}

/** What the code means here beside the scenario's own: boarding, and a benefit. */
const meanings = (v: Verdict): string => (v.also?.length ? t("also", { what: v.also.map((one) => say(one.name)).join(currentLang() === "zh" ? "、" : ", ") }) : "");

export function VerdictView({ answer, onNext, onHistory }: { answer: Answer; onNext: () => void; onHistory: () => void }) {
  const snap = useGate();
  const wide = useWide();
  const { verdict: v } = answer;
  const word = verdictWord(v.verdict);
  const valid = v.verdict === "valid";
  const next = useRef<HTMLButtonElement>(null);
  const [card, setCard] = useState(false);
  useEffect(() => {
    signal(v.verdict);
    next.current?.focus({ preventScroll: true });
  }, [answer]);
  useEffect(() => {
    if (card) return;
    const wait = wide ? BACK_MS.wide : valid ? BACK_MS.valid : 0;
    const timer = wait ? setTimeout(onNext, wait) : undefined;
    return () => clearTimeout(timer);
  }, [answer, card]);
  const step = valid ? t(key("next", snap.sync?.scenario ?? "", "next_other")) : say(v.advice);
  const why = valid ? [meanings(v), disclosed(v), v.late ? t("late") : "", answer.stale ? t("stale") : ""].filter(Boolean).join(" · ") : say(v.title);
  const main = (
    <div class="say" role={valid ? "status" : "alert"} data-verdict={v.verdict} data-reason={v.reason ?? ""} data-online={String(answer.online)}>
      <Shape kind={v.verdict} />
      <div><h1>{say(word)}</h1><p class="en" lang={currentLang() === "zh" ? "en" : "zh"}>{t(`verdictEn_${v.verdict}`)}</p>
        <p class={step.length > 16 ? "do long" : "do"}>{wide && !valid ? <>{say(v.title)}<br /></> : null}<Advice text={step} /></p>
        {(!wide || valid) && why && <p class="for">{why}</p>}</div>
    </div>
  );
  const binds = valid && v.receipt !== null && v.receipt !== undefined && gate.binds();
  const sheet = card && v.receipt ? <CardSheet receipt={v.receipt} onClose={() => setCard(false)} /> : null;
  if (wide) return <main class={`gate ${GROUND[v.verdict]}`}>{main}{sheet}<p class="strip"><Icon name="pin" />{say(snap.place)}<span class="grow" />{snap.demo && <span class="demo">{t("demo")}</span>}<button class="quiet" ref={next} onClick={onNext}>{t("nextPerson")}</button>{binds && <button class="quiet" onClick={() => setCard(true)}>{t("cardButton")}</button>}</p></main>;
  return (
    <main class={GROUND[v.verdict]}>
      {main}
      <div class="tell">
        <Details answer={answer} />
        {binds && <button class="btn wide" onClick={() => setCard(true)}><Icon name="receipt" small />{t("cardButton")}</button>}
        <div class="acts">
          {v.verdict === "could_not_check" ? <button class="btn" onClick={() => { void gate.sync(); onNext(); }}><Icon name="refresh" small />{t("update")}</button> : <button class="btn" onClick={onHistory}>{t("history")}</button>}
          <button class="btn primary" ref={next} onClick={onNext}>{v.verdict === "refused" && <Icon name="refresh" small />}{t(valid ? "nextPerson" : v.verdict === "refused" ? "again" : "hand")}</button>
        </div>
      </div>
      {sheet}
    </main>
  );
}

/** What a T1 says about itself, for the checker who wants to help. */
function written(digits: string): { scenario: number; at: number } | null {
  const code = fromDigits(digits);
  if (!("form" in code) || (code.form !== "T1" && code.form !== "T1c")) return null;
  const { scenario, at } = readT1(code.bytes);
  return { scenario, at };
}

function Details({ answer }: { answer: Answer }) {
  const snap = useGate();
  const { verdict: v } = answer;
  if (v.verdict === "valid") {
    return <dl><dt>{t("seen")}</dt><dd><b>{[say(verdictWord("valid")), meanings(v), disclosed(v)].filter(Boolean).join(" · ")}</b></dd><dt>{t("checkedWhat")}</dt><dd>{answer.repeated ? t("repeated") : t(answer.online ? "checkedOnline" : "checkedOffline")}</dd></dl>;
  }
  if (v.verdict === "could_not_check") {
    const age = snap.bundleAt === null ? t("never") : t("ago", { age: span(gate.clock.at() - snap.bundleAt) });
    return <dl><dt>{t("updated")}</dt><dd><b>{age}</b>{snap.rule && t("allows", { age: span(snap.rule.staleBundle) })}</dd><dt>{t("missing")}</dt><dd>{t("byHand")}</dd></dl>;
  }
  const says = written(answer.digits);
  const named = says && (says.scenario === 0 ? t("anyScenario") : gate.scenarioName(says.scenario));
  return (
    <dl>
      {says && named ? <><dt>{t("onCode")}</dt><dd><b>{t("codeSays", { scenario: named, time: hourMinuteSecond(says.at) })}</b></dd></> : null}
      <dt>{t("here")}</dt><dd><b>{say(snap.place)}</b> · {t(answer.online ? "howOnline" : "howOffline")}</dd>
    </dl>
  );
}
