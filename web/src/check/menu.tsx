// The checker's own affairs: the shift's list, the bundle, the clock, what waits for upload. It keeps no name and shows none.
import { useRef, useState } from "preact/hooks";
import { BundleError } from "../code/bundle";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { dayAndTime, hourMinuteSecond, span } from "../shared/times";
import { say } from "../shared/words";
import { gate, useGate } from "./context";
import { Shape } from "./verdict";
import { reasonTitle, verdictWord } from "./reasons";
import { setSound, soundOn } from "./signal";
import { t, type WordKey, table } from "./words";

const SHOWN_MAX = 200;

export function History({ onClose }: { onClose: () => void }) {
  const { passed } = useGate();
  return (
    <Sheet label={t("shift")} onClose={onClose}>
      <h2>{t("shift")}</h2>
      <p class="text">{t("shiftText")}</p>
      {passed.length === 0 && <p class="text">{t("shiftEmpty")}</p>}
      <ul class="passed">{[...passed].reverse().slice(0, SHOWN_MAX).map((p, i) => (
        <li key={i} class={p.verdict}><Shape kind={p.verdict} /><span class="grow"><b>{say(verdictWord(p.verdict))}</b>{p.reason && <> · {say(reasonTitle(p.reason))}</>}
          <small>{p.form && `form_${p.form}` in table ? `${t(`form_${p.form}` as WordKey)} · ` : ""}{t(p.online ? "howOnline" : "howOffline")}</small></span><time>{hourMinuteSecond(p.at)}</time></li>
      ))}</ul>
      {passed.length > 0 && <button class="btn wide" onClick={() => void gate.endShift()}>{t("shiftEnd")}</button>}
      <button class="btn primary wide" onClick={onClose}>{t("close")}</button>
    </Sheet>
  );
}

export function Menu({ onClose }: { onClose: () => void }) {
  const snap = useGate();
  const [said, setSaid] = useState("");
  const [sound, set] = useState(soundOn());
  const file = useRef<HTMLInputElement>(null);
  const attempt = (deed: Promise<unknown>, done: string) => {
    deed.then(() => setSaid(done)).catch((error: unknown) => setSaid(error instanceof BundleError ? t("bundleRefused", { why: error.reason }) : asProblem(error).words));
  };
  const off = Math.round(gate.clock.saved.offsetMs / 1000);
  return (
    <Sheet label={t("gateTitle")} onClose={onClose}>
      <h2>{t("gateTitle")}</h2>
      {said && <p class="note" role="status">{said}</p>}
      <dl class="facts">
        <dt>{t("gatePlace")}</dt><dd>{say(snap.place)}</dd>
        <dt>{t("gateBundle")}</dt><dd>{snap.bundleAt === null ? t("never") : `v${snap.version} · ${dayAndTime(snap.bundleAt)} · ${t("ago", { age: span(gate.clock.at() - snap.bundleAt) })}`}</dd>
        <dt>{t("gateClock")}</dt><dd>{snap.clockSet ? t("gateClockSet", { n: off }) : t("gateClockUnset")}</dd>
        <dt>{t("gateSpool")}</dt><dd><b data-spool={snap.spool}>{snap.spool}</b><small>{t("gateSpoolText")}</small></dd>
        <dt>{t("gateRoot")}</dt><dd><code>{snap.fingerprint.replace(/(.{8})/g, "$1 ")}</code></dd>
      </dl>
      <button class="btn wide" onClick={() => attempt(gate.sync().then(() => gate.fetchBundle()), t("bundleTaken"))}><Icon name="refresh" small />{t("fetchBundle")}</button>
      <button class="btn wide" onClick={() => file.current?.click()}><Icon name="usb" small />{t("fromFile")}</button>
      <input ref={file} type="file" hidden onChange={(e) => { const one = e.currentTarget.files?.[0]; if (one) attempt(one.arrayBuffer().then((b) => gate.takeBundle(new Uint8Array(b))), t("bundleTaken")); e.currentTarget.value = ""; }} />
      {snap.spool > 0 && <button class="btn wide" onClick={() => attempt(gate.upload(true), t("spoolDone"))}><Icon name="save" small />{t("spoolNow")}</button>}
      <button class="btn wide" aria-pressed={sound} onClick={() => { setSound(!sound); set(!sound); }}>{t("sound")} · {t(sound ? "on" : "off")}</button>
      <button class="btn wide stop" onClick={() => void gate.leave()}>{t("leave")}</button>
      <p class="text">{t("leaveText")}</p>
      <button class="btn primary wide" onClick={onClose}>{t("close")}</button>
    </Sheet>
  );
}
