// The resident's page: routes by the address after #, opens on the code. It knows which page is where.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "../shared/tokens.css";
import "./resident.css";
import { Icon } from "../shared/icons";
import { getPrefs, setPrefs } from "../shared/prefs";
import { keepOffline } from "../shared/offline";
import { session, useSession } from "./context";
import { isLater, Later } from "./later";
import { Elder } from "./elder";
import { Enrol } from "./enrol";
import { Home } from "./home";
import { Tabs, Top } from "./parts";
import { Eye } from "./plate";
import { Scan } from "./scan";
import { t } from "./words";

const route = (): string => /^#\/(\w*)/.exec(location.hash)?.[1] ?? "";

function App() {
  const snap = useSession();
  const [here, go] = useState(route());
  const [visit, setVisit] = useState(0);
  useEffect(() => {
    const changed = () => { go(route()); document.getElementById("main")?.scrollTo(0, 0); };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => { document.title = t("app") + (snap.demo ? ` · ${t("demo")}` : ""); });
  const elder = getPrefs().elder;
  if (snap.phase === "loading") return <div class="app"><main class="page"><div class="still"><Eye /><span class="away">{t("loading")}</span></div></main></div>;
  if (snap.phase === "enrol") return <div class={elder ? "app elder" : "app"}><Top /><Enrol /></div>;
  // Every other page asks for what a paused phone may not do.
  const back = <footer class="foot"><button onClick={() => setPrefs({ elder: false })}>{t("elderBack")}</button></footer>;
  if (snap.paused) return <div class={elder ? "app elder" : "app"}><Top /><Later key="paused" name="paused" />{elder && back}</div>;
  if (elder && here === "") return <div class="app elder"><Elder /></div>;
  const page = here === "scan" ? <Scan key={visit} /> : isLater(here) ? <Later key={here} name={here} /> : <Home />;
  if (elder) return <div class="app elder"><nav aria-label={t("back")}><a class="use" href="#/"><Icon name="left" />{t("back")}</a></nav>{page}{back}</div>;
  return <div class="app"><Top />{page}<Tabs here={here} onAgain={() => setVisit(visit + 1)} /></div>;
}

render(<App />, document.getElementById("app") as HTMLElement);
void session.start();
keepOffline("resident");
