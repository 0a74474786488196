// The checker's page: signs in once, then takes codes and answers. It knows which view is up.
import { render } from "preact";
import { useState } from "preact/hooks";
import "../shared/tokens.css";
import "./check.css";
import { Icon, Mark } from "../shared/icons";
import { keepOffline } from "../shared/offline";
import { getPrefs, setPrefs } from "../shared/prefs";
import { gate, useGate } from "./context";
import type { Answer } from "./gate";
import { History, Menu } from "./menu";
import { Take } from "./scan";
import { VerdictView } from "./verdict";
import { Waiting } from "./waiting";
import { t } from "./words";

function App() {
  const snap = useGate();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [waiting, setWaiting] = useState<Answer | null>(null);
  const [sheet, setSheet] = useState<"menu" | "history" | null>(null);
  const [busy, setBusy] = useState(false);
  document.title = t("app") + (snap.demo ? ` · ${t("demo")}` : "");
  if (snap.phase === "loading") return <div class="app"><main class="take"><p class="away">{t("loading")}</p></main></div>;
  if (snap.phase === "sign") return <div class="app"><SignIn wrong={snap.wrong} /></div>;
  const take = async (digits: string) => {
    if (busy || answer || waiting) return;
    setBusy(true);
    try {
      const first = await gate.check(digits);
      if (first.verdict.confirmation) setWaiting(first); else setAnswer(first);
    } finally { setBusy(false); }
  };
  return (
    <div class="app">
      {waiting
        ? <Waiting asked={waiting} onAnswer={(final) => { setWaiting(null); setAnswer(final); }} />
        : answer
        ? <VerdictView answer={answer} onNext={() => setAnswer(null)} onHistory={() => setSheet("history")} />
        : <Take onDigits={(digits) => void take(digits)} onMenu={() => setSheet("menu")} onHistory={() => setSheet("history")} />}
      {sheet === "menu" && <Menu onClose={() => setSheet(null)} />}
      {sheet === "history" && <History onClose={() => setSheet(null)} />}
    </div>
  );
}

function SignIn({ wrong }: { wrong: string }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = (event: Event) => { event.preventDefault(); setBusy(true); void gate.signIn(key).finally(() => setBusy(false)); };
  return (
    <main class="sign">
      <header class="row"><span class="brand"><Mark />{t("app")}</span><span class="grow" /><button class="tool" aria-label={`${t("other")} · ${t("otherLabel")}`} onClick={() => setPrefs({ lang: getPrefs().lang === "zh" ? "en" : "zh" })}><span>{t("other")}</span></button></header>
      <h1>{t("signTitle")}</h1>
      <p>{t("signText")}</p>
      <form onSubmit={submit}>
        <label class="field"><span>{t("signKey")}</span><input name="key" required spellcheck={false} autocomplete="off" placeholder="ygk_" value={key} onInput={(e) => setKey(e.currentTarget.value)} /></label>
        {wrong && <p class="wrong" role="alert"><Icon name="hand" /><span>{wrong}</span></p>}
        <button class="btn primary wide" disabled={busy}>{t(busy ? "signBusy" : "signGo")}</button>
        <p class="promise"><Icon name="hand" small />{t("signKeep")}</p>
      </form>
    </main>
  );
}

render(<App />, document.getElementById("app") as HTMLElement);
void gate.start();
keepOffline("check");
