// Another screen that asks to be signed in: which one it is, where, and the holder's yes by passkey and by this phone's own code.
// It knows what the server says of the screen, and decides nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { say } from "../shared/words";
import type { Challenge } from "../code/challenge";
import { proves } from "../device/passkey";
import type { ScreenAllowed, ScreenRead } from "../api/types";
import { session, useSeconds } from "./context";
import { f } from "./later.words";
import { Note, Wrong } from "./parts";
import { t } from "./words";

/** Seconds for which a challenge is open, as everywhere. */
const OPEN_S = 60;

export function Screen() {
  return session.screen ? <Asked key={session.screen.digits} challenge={session.screen.challenge} /> : <main class="page" id="main"><div class="ways"><a class="btn" href="#/scan">{t("scanTitle")}</a></div></main>;
}

function Asked({ challenge }: { challenge: Challenge }) {
  const [read, setRead] = useState<ScreenRead | null>(null);
  const [said, setSaid] = useState<ScreenAllowed | null>(null);
  const [wrong, setWrong] = useState("");
  const [twice, setTwice] = useState(false);
  const [busy, setBusy] = useState(false);
  const over = useSeconds() > challenge.at + OPEN_S;
  const { digits } = session.screen ?? { digits: "" };
  const asked = useRef(false);
  const look = (): Promise<void> => session.ask<ScreenRead>("POST", "/screens/read", { challenge: digits }).then(setRead);
  const failed = (error: unknown): void => {
    const problem = asProblem(error);
    setWrong(problem.code === "not_found" ? f("screenOver") : problem.words);
  };
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    look().catch(failed);
  }, []);
  const allow = async (): Promise<void> => {
    const ask = read?.passkey;
    if (!ask || busy) return;
    if (read.near === "unsure" && !twice) { setTwice(true); return; }
    setBusy(true);
    setWrong("");
    try {
      const answer = await proves(ask.options).catch(() => null);
      if (answer === null) { setWrong(f("screenNoKey")); return; }
      const made = await session.answer(challenge, true);
      if (!made) { setWrong(t("noneTitle")); return; }
      setSaid(await session.ask<ScreenAllowed>("POST", "/screens/allow", { challenge: digits, digits: made.digits, ask: ask.ask, answer, sure: twice }));
    } catch (error) { failed(error); } finally { setBusy(false); }
  };
  const browser = read?.browser || f("screenSome");
  const named = read?.app ? `${browser} → ${say(read.app)}` : browser;
  return (
    <main class="page" id="main">
      <div class="head"><h1>{f("screenTitle")}</h1></div>
      {wrong && <Wrong text={wrong} />}
      {said && (said.allowed
        ? <p class="note" role="status" data-screen="allowed"><Icon name="check" /><span class="grow"><b>{f("screenDone")}</b>{f("screenDoneText")}</span></p>
        : <Note icon="hand" late title={say(said.title)}>{say(said.advice)}</Note>)}
      {!said && read?.near === "far" && <Note icon="hand" late title={f("screenFar")}>{f("screenFarText")}</Note>}
      {!said && read && read.near !== "far" && (
        <section class="card" data-screen="asked">
          <p class="line"><span class="grow"><b>{f("screenAs", { name: named })}</b>{read.region && <small>{f("screenIn", { region: read.region })}</small>}</span></p>
          <p class="line">{twice ? f("screenTwice") : f("screenFront")}</p>
          {read.passkey
            ? <div class="line"><button class="btn primary" disabled={busy || over} onClick={() => void allow()}>{f(twice ? "screenSure" : "screenYes")}</button></div>
            : <a class="line" href="/account"><span class="grow">{f("screenKeyless")}</span></a>}
        </section>
      )}
      {!said && over && <p class="note" role="status"><Icon name="clock" />{f("screenOver")}</p>}
      <p class="hint"><span>{f("screenLittle")}</span></p>
      <div class="ways"><a class="btn" href="#/scan"><Icon name="scan" small />{f(said?.allowed ? "screenBack" : "screenNo")}</a></div>
    </main>
  );
}
