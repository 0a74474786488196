// The page of a phone that a recovery did not keep by name: why it shows no code, how to stop that, and how to come back.
// It does not know who asked for the recovery.
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { session } from "./context";
import { f } from "./later.words";
import { Recoveries } from "./recoveries";

export function Paused() {
  const [busy, setBusy] = useState(false);
  const again = async () => { setBusy(true); await session.sync(); setBusy(false); };
  return (
    <main class="page" id="main">
      <header class="head"><h1>{f("pausedTitle")}</h1></header>
      <section class="card" aria-label={f("pausedTitle")}>
        <div class="line"><Icon name="device" /><div class="grow">{f("pausedText")}</div></div>
        <div class="line"><button class="btn again" disabled={busy} onClick={() => void again()}>{f("pausedAgain")}</button></div>
      </section>
      <Recoveries changed={() => void session.sync()} />
      <section class="card" aria-labelledby="paused-not"><h2 id="paused-not">{f("pausedNot")}</h2>
        <p class="line">{f("pausedNotText")}</p>
      </section>
      <section class="card" aria-labelledby="paused-yes"><h2 id="paused-yes">{f("pausedYes")}</h2>
        <p class="line">{f("pausedYesText")}</p>
        <div class="line"><button class="btn" onClick={() => void session.forget()}>{f("pausedAnew")}</button></div>
      </section>
    </main>
  );
}
