// Taking a code in: by camera, image file, typed digits or a hand scanner; and showing the challenge where one is wanted. It decides nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { Camera } from "../scan/camera";
import { readFile } from "../scan/reader";
import "../scan/scan.css";
import { CHALLENGE_OPEN_S } from "../code/challenge";
import { Code } from "../shared/qr";
import { Icon, scenarioIcon } from "../shared/icons";
import { Sheet } from "../shared/sheet";
import { getPrefs, setPrefs } from "../shared/prefs";
import { span } from "../shared/times";
import { say } from "../shared/words";
import { gate, useGate, useSeconds, useWide } from "./context";
import { t } from "./words";

/** A phone that stays before the camera is read once; out of sight for so long, it may be read again. */
const SAME_MS = 5_000;
let inSight = { text: "", at: -SAME_MS };
const DIGITS_MAX = 1_000;

export interface TakeProps { onDigits: (digits: string) => void; onMenu: () => void; onHistory: () => void }

export function Take({ onDigits, onMenu, onHistory }: TakeProps) {
  const wide = useWide();
  const [typing, setTyping] = useState(false);
  const look = (text: string) => {
    const now = performance.now();
    const again = text === inSight.text && now - inSight.at < SAME_MS;
    inSight = { text, at: now };
    if (!again) onDigits(text);
  };
  useHandScanner(onDigits, typing);
  return (
    <>
      {wide ? <Idle onText={look} onMenu={onMenu} /> : <Phone onText={look} onDigits={onDigits} onMenu={onMenu} onHistory={onHistory} onType={() => setTyping(true)} />}
      {typing && <Typed onClose={() => setTyping(false)} onDigits={(digits) => { setTyping(false); onDigits(digits); }} />}
    </>
  );
}

/** A hand scanner types fast and ends with Enter. */
function useHandScanner(onText: (text: string) => void, paused: boolean): void {
  useEffect(() => {
    let buffer = "", at = 0;
    const typed = (event: KeyboardEvent) => {
      if (paused || event.target instanceof HTMLInputElement) return;
      const now = performance.now();
      if (now - at > 300) buffer = "";
      at = now;
      if (/^[0-9]$/.test(event.key)) buffer = (buffer + event.key).slice(-DIGITS_MAX);
      else if (event.key === "Enter" && buffer.length >= 8) { event.preventDefault(); onText(buffer); buffer = ""; }
    };
    addEventListener("keydown", typed);
    return () => removeEventListener("keydown", typed);
  }, [paused]);
}

function Fresh() {
  const snap = useGate();
  const at = useSeconds();
  const age = snap.bundleAt === null ? 0 : at - snap.bundleAt;
  const late = snap.rule !== null && age > snap.rule.staleBundle;
  const line = snap.wrong ? snap.wrong : snap.bundleAt === null ? t("noBundle") : !snap.clockSet ? t("clockFresh") : late ? t("staleFresh", { age: span(age) }) : t(snap.online ? "onlineFresh" : "offlineFresh", { age: span(age) });
  return <p class={late || snap.wrong || !snap.clockSet ? "fresh late" : "fresh"} role="status"><Icon name={snap.online ? "neton" : "netoff"} small />{line}</p>;
}

function Phone({ onText, onDigits, onMenu, onHistory, onType }: { onText: (text: string) => void; onDigits: (text: string) => void; onMenu: () => void; onHistory: () => void; onType: () => void }) {
  const snap = useGate();
  const [camera, setCamera] = useState<"on" | "off">("on");
  const [torch, setTorch] = useState<"none" | "off" | "on">("none");
  const [said, setSaid] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const text = await readFile(chosen).catch(() => null);
    if (text) onDigits(text); else setSaid(t("noCode"));
  };
  const count = (kind: string) => snap.passed.filter((p) => p.verdict === kind).length;
  return (
    <main class="take">
      <header class="bar"><Icon name={scenarioIcon(snap.sync?.scenario ?? "")} /><h1>{say(snap.place)}</h1>{snap.demo && <span class="demo">{t("demo")}</span>}<span class="grow" />
        <button aria-label={`${t("other")} · ${t("otherLabel")}`} onClick={() => setPrefs({ lang: getPrefs().lang === "zh" ? "en" : "zh" })}>{t("other")}</button><button onClick={onMenu}>{t("menu")}</button></header>
      <Fresh />
      {gate.wantsChallenge() && <Challenge room={250} />}
      {camera === "on"
        ? <Camera onText={onText} onFail={() => setCamera("off")} caption={t("point")} label={t("finder")} torch={torch === "on"} onTorch={(can) => setTorch(can ? "off" : "none")} />
        : <div class="cam none"><p>{t("noCamera")}</p></div>}
      {said && <p class="note" role="status">{said}</p>}
      <div class="ways">
        <button class="btn" onClick={onType}><Icon name="keys" />{t("typed")}</button>
        <button class="btn" onClick={() => file.current?.click()}><Icon name="image" />{t("image")}</button>
        {camera === "off" ? <button class="btn" onClick={() => setCamera("on")}><Icon name="scan" />{t("openCamera")}</button>
          : <button class="btn" disabled={torch === "none"} aria-pressed={torch === "on"} onClick={() => setTorch(torch === "on" ? "off" : "on")}><Icon name="torch" />{t("torch")}</button>}
        <input ref={file} type="file" accept="image/*" hidden onChange={(e) => { void choose(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} />
      </div>
      <button class="shift" onClick={onHistory}><span><b>{count("valid")}</b>{t("countValid")}</span><span><b>{count("refused")}</b>{t("countRefused")}</span><span><b>{count("could_not_check")}</b>{t("countUnsure")}</span></button>
    </main>
  );
}

/** The gate's or tablet's idle picture: read by the passenger, the camera looks on unseen. */
function Idle({ onText, onMenu }: { onText: (text: string) => void; onMenu: () => void }) {
  const snap = useGate();
  const at = useSeconds();
  const [, setFailed] = useState(false);
  const wants = gate.wantsChallenge();
  return (
    <main class="gate idle">
      <div class="say">
        {wants ? <Challenge room={360} /> : <svg class="eye" viewBox="0 0 70 70" aria-hidden="true"><path d="M5 0h60a5 5 0 0 1 5 5v60a5 5 0 0 1-5 5H5a5 5 0 0 1-5-5V5a5 5 0 0 1 5-5Zm5 10v50h50V10Z" fill="var(--ink)" fill-rule="evenodd" /><rect x="20" y="20" width="30" height="30" rx="2" fill="var(--blue)" /></svg>}
        <div><h1>{t(wants ? "idleScan" : "idleTitle")}</h1><p class="do">{t(wants ? "idleThen" : "idleText")}<br /><span class="second">{t(wants ? "idleThenOther" : "idleOther")}</span></p></div>
      </div>
      <div class="unseen"><Camera onText={onText} onFail={() => setFailed(true)} caption="" label={t("finder")} /></div>
      <p class="strip"><Icon name="pin" />{say(snap.place)}<span>{t("version", { n: snap.version })}{snap.bundleAt !== null && ` · ${t("ago", { age: span(at - snap.bundleAt) })}`}</span><span class="grow" />{snap.demo && <span class="demo">{t("demo")}</span>}<button class="quiet" onClick={onMenu}>{t("menu")}</button></p>
    </main>
  );
}

function Challenge({ room }: { room: number }) {
  const at = useSeconds();
  const snap = useGate();
  const left = snap.challenge ? snap.challenge.at + CHALLENGE_OPEN_S - at : 0;
  useEffect(() => { if (left <= 5) void gate.newChallenge(); }, [left <= 5]);
  const digits = gate.challengeDigits();
  return (
    <section class="challenge" data-theme="light">
      {digits && <Code kind="challenge" digits={digits} room={room} label={t("challengeLabel")} />}
      <p><b>{t("challengeShow")}</b>{t("challengeText", { n: Math.max(0, left) })}</p>
    </section>
  );
}

function Typed({ onDigits, onClose }: { onDigits: (digits: string) => void; onClose: () => void }) {
  const [digits, setDigits] = useState("");
  const grouped = digits.length <= 12 ? digits.replace(/(\d{4})(?=\d)/g, "$1 ") : digits;
  return (
    <Sheet label={t("typeTitle")} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); if (digits.length >= 8) onDigits(digits); }}>
        <h2>{t("typeTitle")}</h2>
        <p class="text">{t("typeText")}</p>
        <input class="big" inputMode="none" autocomplete="off" aria-label={t("typeTitle")} value={grouped} onInput={(e) => setDigits(e.currentTarget.value.replace(/\D/g, "").slice(0, DIGITS_MAX))} />
        <div class="pad">{["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((n) => <button type="button" class="btn" key={n} onClick={() => setDigits(digits + n)}>{n}</button>)}
          <button type="button" class="btn" aria-label={t("erase")} onClick={() => setDigits(digits.slice(0, -1))}><Icon name="left" /></button>
          <button type="button" class="btn" onClick={() => setDigits(digits + "0")}>0</button>
          <button class="btn primary" disabled={digits.length < 8}>{t("typeGo")}</button></div>
        <button type="button" class="btn wide" onClick={onClose}>{t("close")}</button>
      </form>
    </Sheet>
  );
}
