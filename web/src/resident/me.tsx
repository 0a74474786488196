// Devices, switches and looks. Ending a lost phone is one line away; nothing here is needed to show a code.
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { getPrefs, setPrefs, type Prefs } from "../shared/prefs";
import { Sheet } from "../shared/sheet";
import { dayAndTime, isoDate } from "../shared/times";
import { say } from "../shared/words";
import type { DeviceRow } from "../api/types";
import { session, useSession } from "./context";
import { HELPER_KEY, helperNumber } from "./elder";
import { f } from "./later.words";
import { Pick, Wrong } from "./parts";
import { NumberChange } from "./number-change";
import { Recoveries } from "./recoveries";
import { t } from "./words";
import { Young } from "./young";

// Fetched with this page, as both show recoveries.
export { Paused } from "./paused";

export function Me() {
  const snap = useSession();
  const [ending, setEnding] = useState<DeviceRow | null>(null);
  const [wrong, setWrong] = useState("");
  const prefs = getPrefs();
  const home = snap.home;
  const change = (settings: { paper_off?: boolean; short_off?: boolean }) => { setWrong(""); session.settings(settings).catch((error: unknown) => setWrong(asProblem(error).words)); };
  return (
    <main class="page" id="main">
      <header class="head"><h1>{snap.identity?.nameMasked ?? t("meTitle")}</h1></header>
      {wrong && <Wrong text={wrong} />}
      <Young />
      <Recoveries />
      <NumberChange />
      <section class="card" aria-labelledby="me-fam"><h2 id="me-fam">{t("family")}</h2>
        <div class="line"><Icon name="me" /><div class="grow">{t("familyDo")}</div><a class="btn small" href="#/family">{t("family")}</a></div>
      </section>
      <section class="card" aria-labelledby="me-dev"><h2 id="me-dev">{t("devices")}</h2>
        {(home?.devices ?? []).map((d) => (
          <div class="line" key={d.id}><Icon name="device" />
            <div class="grow"><b>{d.label}{d.this && ` · ${t("thisDevice")}`}</b><small>{d.state === "active" ? t("since", { date: isoDate(d.enrolled_at) }) : d.state === "suspended" ? f("devicePaused") : `${t("ended")} · ${isoDate(d.ended_at ?? d.enrolled_at)}`}</small></div>
            {d.state !== "ended" && <button class="btn small stop" onClick={() => setEnding(d)}>{t("endIt")}</button>}
          </div>
        ))}
      </section>
      {home && (home.benefits ?? []).length > 0 && <section class="card" aria-labelledby="me-ben"><h2 id="me-ben">{t("benefits")}</h2>
        {home.benefits.map((b) => <div class="line" key={b.number}><Icon name="check" /><div class="grow"><b>{say(b.words)}</b><small>{t(b.drawable ? "benefitUntil" : "benefitRare", { date: b.until })}</small></div></div>)}
      </section>}
      <section class="card" aria-labelledby="me-sw"><h2 id="me-sw">{t("switches")}</h2>
        <div class="line"><Icon name="paper" /><div class="grow"><b>{t("paper")}</b><small>{t("paperText")}</small></div>
          <Pick name="paper" label={t("paper")} value={home?.settings.paper_off ? "no" : "yes"} options={[["yes", t("on")], ["no", t("off")]]} onPick={(v) => change({ paper_off: v === "no" })} /></div>
        <div class="line"><Icon name="say" /><div class="grow"><b>{t("short")}</b><small>{t("shortText")}</small></div>
          <Pick name="short" label={t("short")} value={home?.settings.short_off ? "no" : "yes"} options={[["yes", t("on")], ["no", t("off")]]} onPick={(v) => change({ short_off: v === "no" })} /></div>
      </section>
      <section class="card" aria-labelledby="me-look"><h2 id="me-look">{t("looks")}</h2>
        <div class="line"><div class="grow"><b>{t("language")}</b></div><Pick name="lang" label={t("language")} value={prefs.lang} options={[["zh", "中文"], ["en", "English"]]} onPick={(v) => setPrefs({ lang: v as Prefs["lang"] })} /></div>
        <div class="line"><div class="grow"><b>{t("theme")}</b></div><Pick name="theme" label={t("theme")} value={prefs.theme} options={[["auto", t("themeAuto")], ["light", t("themeLight")], ["dark", t("themeDark")]]} onPick={(v) => setPrefs({ theme: v as Prefs["theme"] })} /></div>
        <Helper />
      </section>
      {home && home.notices.length > 0 && <section class="card" aria-labelledby="me-note"><h2 id="me-note">{t("notices")}</h2>
        {home.notices.slice(0, 6).map((n) => <div class="line" key={`${n.at}${n.kind}`}><Icon name="letter" /><div class="grow">{say(n.words)}<small>{dayAndTime(n.at)}</small></div></div>)}
      </section>}
      <section class="card"><a class="line" href="/account"><div class="grow"><b>{t("account")}</b></div></a></section>
      <section class="card" aria-labelledby="me-about"><h2 id="me-about">{t("about")}</h2>
        <p class="line">{t("aboutText")}</p>
        <div class="line"><div class="grow"><b>{t("leftToday")}</b></div>{t("pieces", { n: snap.left })}</div>
        {session.clock.saved.syncedMs > 0 && <div class="line"><div class="grow"><b>{t("lastTime")}</b></div>{dayAndTime(Math.floor(session.clock.saved.syncedMs / 1000))}</div>}
        {snap.identity && <div class="line"><div class="grow"><b>{t("rootPrint")}</b><code>{snap.identity.rootFingerprint.replace(/(.{8})/g, "$1 ")}</code></div></div>}
      </section>
      {ending && <Ending device={ending} onClose={() => setEnding(null)} />}
    </main>
  );
}

function Helper() {
  const [number, setNumber] = useState(helperNumber());
  const [saved, setSaved] = useState(false);
  const save = () => { try { localStorage.setItem(HELPER_KEY, number.replace(/[^\d+]/g, "")); setSaved(true); } catch { setSaved(false); } };
  return (
    <form class="line" onSubmit={(e) => { e.preventDefault(); save(); }}>
      <label class="field grow"><span>{t("helper")}</span><input type="tel" value={number} onInput={(e) => { setNumber(e.currentTarget.value); setSaved(false); }} /><small>{t("helperText")}</small></label>
      <button class="btn small">{saved ? t("done") : t("helperSave")}</button>
    </form>
  );
}

function Ending({ device, onClose }: { device: DeviceRow; onClose: () => void }) {
  const [wrong, setWrong] = useState("");
  const end = (reason: "lost" | "unused") => { session.endDevice(device.id, reason).then(onClose).catch((error: unknown) => setWrong(asProblem(error).words)); };
  return (
    <Sheet label={t("endTitle", { label: device.label })} onClose={onClose}>
      <h2>{t("endTitle", { label: device.label })}</h2>
      <ul class="points">
        <li><Icon name="hand" /><span>{t("endNow")}</span></li>
        <li><Icon name={device.this ? "device" : "history"} /><span>{t(device.this ? "endThisToo" : "endOther")}</span></li>
      </ul>
      {wrong && <Wrong text={wrong} />}
      <button class="btn stop solid" onClick={() => end(device.this ? "unused" : "lost")}>{t(device.this ? "endUnused" : "endLost")}</button>
      <button class="btn" onClick={onClose}>{t("cancel")}</button>
    </Sheet>
  );
}
