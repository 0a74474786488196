// Scanning: a place code to show or check in, a checker's code to answer. It sends nothing before a button is pressed.
import { useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { dayAndTime } from "../shared/times";
import { say, type Both } from "../shared/words";
import { Camera } from "../scan/camera";
import { readFile } from "../scan/reader";
import "../scan/scan.css";
import { CHALLENGE_OPEN_S, type Challenge } from "../code/challenge";
import type { CheckIn, Site } from "../api/types";
import { session, useSeconds, useSession } from "./context";
import { Note, Says, Wrong } from "./parts";
import { readScanned } from "./place";
import { Eye, Plate } from "./plate";
import type { Showing } from "./session";
import { t } from "./words";

export function Scan() {
  useSession();
  const [camera, setCamera] = useState<"on" | "off">("on");
  const [said, setSaid] = useState("");
  const [site, setSite] = useState<Site | null>(null);
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const busy = useRef(false);
  const file = useRef<HTMLInputElement>(null);

  const take = async (text: string) => {
    if (busy.current || site || challenge) return;
    busy.current = true;
    const scanned = readScanned(text);
    try {
      if (scanned.kind === "challenge") {
        const screen = session.scenarioById(scanned.challenge.scenario)?.slug === "sign-in" && scanned.challenge.site === 0;
        if (screen) { session.screen = { challenge: scanned.challenge, digits: text }; location.hash = "#/screen"; } else setChallenge(scanned.challenge);
      }
      else if (scanned.kind === "place") setSite(await session.site(scanned.site));
      else setSaid(t(scanned.kind === "resident" ? "scanOwn" : "scanUnknown"));
    } catch (error) { setSaid(asProblem(error).words); }
    busy.current = false;
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const text = await readFile(chosen).catch(() => null);
    if (text) await take(text); else setSaid(t("scanNothing"));
  };

  if (challenge) return <Answer challenge={challenge} onDone={() => setChallenge(null)} />;
  return (
    <main class="page scanpage" id="main">
      <div class="head"><h1>{t("scanTitle")}</h1><p>{t("scanText")}</p></div>
      {camera === "on"
        ? <Camera onText={(text) => void take(text)} onFail={() => { setCamera("off"); }} caption={t("scanAim")} label={t("aimLine")} />
        : <div class="empty"><Eye /><b>{t("scanNoCamera")}</b></div>}
      {said && <p class="note" role="status"><Icon name="scan" />{said}</p>}
      <div class="ways">
        {camera === "off" && <button class="btn" onClick={() => setCamera("on")}><Icon name="scan" small />{t("scanStart")}</button>}
        <button class="btn" onClick={() => file.current?.click()}><Icon name="image" small />{t("scanImage")}</button>
        <input ref={file} type="file" accept="image/*" hidden onChange={(e) => { void choose(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} />
      </div>
      {site && <PlaceFound site={site} onClose={() => { setSite(null); setSaid(""); }} />}
    </main>
  );
}

function PlaceFound({ site, onClose }: { site: Site; onClose: () => void }) {
  const scenario = session.snapshot.scenarios.find((s) => s.slug === site.scenario);
  const [done, setDone] = useState<CheckIn | null>(null);
  const [wrong, setWrong] = useState("");
  const checkIn = () => { setWrong(""); session.checkIn(site.site).then(setDone).catch((error: unknown) => setWrong(asProblem(error).words)); };
  const show = () => { session.enter(site); location.hash = "#/"; };
  return (
    <Sheet label={say(site.name)} onClose={onClose}>
      {done
        ? <div class="done" role="status"><Icon name="check" /><b>{t("checkedIn")}</b><span>{t("checkedInAt", { place: say(done.place), time: dayAndTime(done.at) })}</span></div>
        : <>
          <h2>{say(site.name)}</h2>
          {scenario && <p class="text">{t("placeOwner", { owner: say(scenario.owner), scenario: say(scenario.name) })}<br />{say(scenario.sees)}</p>}
          {wrong && <Wrong text={wrong} />}
          {site.scenario !== "place" && <button class="btn primary" onClick={show}><Icon name="code" small />{t("placeShow")}</button>}
          <button class={site.scenario === "place" ? "btn primary" : "btn"} onClick={checkIn}><Icon name="pin" small />{t("placeCheckIn")}</button>
          <p class="text">{t("placeNote")}</p>
        </>}
      <button class="btn" onClick={onClose}>{t(done ? "done" : "close")}</button>
    </Sheet>
  );
}

function Answer({ challenge, onDone }: { challenge: Challenge; onDone: () => void }) {
  const [showing, setShowing] = useState<Showing | null>(null);
  const [failed, setFailed] = useState(false);
  const [voucher, setVoucher] = useState<Both | null | undefined>(undefined);
  const asked = useRef(false);
  const at = useSeconds();
  if (!asked.current) {
    asked.current = true;
    void session.voucher(challenge).catch(() => null).then(setVoucher);
    void session.answer(challenge).then((made) => { setShowing(made); setFailed(!made); });
  }
  const left = Math.min(CHALLENGE_OPEN_S, challenge.at + CHALLENGE_OPEN_S - at);
  const scenario = session.scenarioById(challenge.scenario);
  const name = scenario ? say(scenario.name) : String(challenge.site);
  return (
    <main class="page" id="main">
      <div class="head"><h1>{t("answering", { place: name })}</h1><p>{scenario ? say(scenario.sees) : ""}</p></div>
      <Plate form="T1c" digits={left > 0 ? (showing?.digits ?? null) : null} label={t("answerLabel")} turn={1} once foot={<p class="life">{t("answerLeft", { n: Math.max(0, left) })}</p>}
        empty={<><Eye /><b>{failed ? t("noneTitle") : left > 0 ? t("drawing") : t("answerDone")}</b></>} />
      {voucher && <p class="note" role="status" data-vouched="yes"><Icon name="check" /><span class="grow"><b>{t("vouched", { place: say(voucher) })}</b>{t("vouchedText")}</span></p>}
      {voucher === null && <Note icon="hand" late title={t("unvouched")}>{t("unvouchedText")}</Note>}
      <Says showing={showing} />
      {!session.snapshot.timeVerified && <Note icon="clock" late title={t("unsyncedTitle")}>{t("unsyncedText")}</Note>}
      <div class="ways"><button class="btn" onClick={onDone}><Icon name="scan" small />{t("scanTitle")}</button></div>
    </main>
  );
}
