// A person's rights over their data: each is one card with what it means and one press; under them, how far each request is.
// It decides nothing, and keeps nothing of a copy.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { getPrefs } from "../shared/prefs";
import { asProblem } from "../shared/problem";
import { dayAndTime, isoDate } from "../shared/times";
import { say } from "../shared/words";
import type { MyRights, RightsRequest } from "../api/types";
import { session, useSession } from "../resident/context";
import { Wrong } from "../resident/parts";
import { Ask, Delete } from "./ask";
import { lift, mine, restrict, stop, takeCopy } from "./ways";
import { t, table, type WordKey } from "./words";

export type Asking = "correct" | "explain" | "delete";

export function Rights() {
  const home = useSession().home;
  const [my, setMy] = useState<MyRights | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const load = (): void => { mine().then(setMy, (error: unknown) => setWrong(asProblem(error).words)); };
  useEffect(load, []);
  const run = (deed: Promise<unknown>, done: WordKey): void => {
    setWrong("");
    setSaid("");
    deed.then(() => { setSaid(t(done)); load(); void session.sync(); }).catch((error: unknown) => setWrong(asProblem(error).words));
  };
  const off = home?.restricted === true;
  return (
    <>
      <p class="head">{t("lead", { n: my?.working_days ?? 15 })}</p>
      {said && <p class="note" role="status"><Icon name="check" />{said}</p>}
      {wrong && <Wrong text={wrong} />}
      {my?.guardian_decides && <div class="note" role="note"><Icon name="hand" /><div class="grow"><b>{t("guardian")}</b><p class="text">{t("guardianText")}</p></div></div>}
      {off && <div class="note late" role="status"><Icon name="hand" /><b class="grow">{t("restricted")}</b>{!my?.guardian_decides && <button class="btn small" onClick={() => run(lift(), "lifted")}>{t("liftDo")}</button>}</div>}
      <Right title="copy" text={t("copyText")}>
        <button class="btn small" onClick={() => run(takeCopy("pdf", getPrefs().lang), "copied")}>{t("copyPdf")}</button>
        <button class="btn small" onClick={() => run(takeCopy("json", getPrefs().lang), "copied")}>{t("copyJson")}</button>
      </Right>
      {!my?.guardian_decides && <Right title="correct" text={t("correctText")}><button class="btn small" onClick={() => setAsking("correct")}>{t("correct")}</button></Right>}
      <Right title="explain" text={t("explainText")}><button class="btn small" onClick={() => setAsking("explain")}>{t("explain")}</button></Right>
      {!my?.guardian_decides && <Right title="restrict" text={t("restrictText")}>{off ? <button class="btn small" onClick={() => run(lift(), "lifted")}>{t("liftDo")}</button> : <button class="btn small stop" onClick={() => run(restrict(), "asked")}>{t("restrictDo")}</button>}</Right>}
      {!my?.guardian_decides && <Right title="delete" text={t("deleteText", { n: my?.hold_days ?? 7 })}><button class="btn small stop" onClick={() => setAsking("delete")}>{t("deleteDo")}</button></Right>}
      <section class="card" aria-labelledby="my-requests"><h2 id="my-requests">{t("mine")}</h2>
        {my && my.requests.length === 0 && <p class="line">{t("none")}</p>}
        {(my?.requests ?? []).map((one) => <Row key={one.id} one={one} onStop={() => run(stop(one.id), "stopped")} />)}
      </section>
      {(asking === "correct" || asking === "explain") && <Ask what={asking} onClose={() => setAsking(null)} onDone={() => { setAsking(null); setSaid(t("asked")); load(); }} />}
      {asking === "delete" && my && <Delete my={my} onClose={() => setAsking(null)} onDone={() => { setAsking(null); setSaid(t("asked")); load(); }} />}
    </>
  );
}

function Right({ title, text, children }: { title: "copy" | "correct" | "explain" | "restrict" | "delete"; text: string; children: preact.ComponentChildren }) {
  return (
    <section class="card right" aria-labelledby={`right-${title}`}>
      <h2 id={`right-${title}`}>{t(title)}</h2>
      <p class="text">{text}</p>
      <div class="presses">{children}</div>
    </section>
  );
}

function Row({ one, onStop }: { one: RightsRequest; onStop: () => void }) {
  const open = one.state === "waiting" || one.state === "held";
  const date = one.state === "held" ? dayAndTime(one.hold_until) : one.state === "waiting" ? isoDate(one.due_at - 1) : isoDate(one.handled_at ?? one.asked_at);
  return (
    <div class="line" data-right={one.kind}>
      <div class="grow"><b>{t(`kind_${one.kind}` as WordKey)}</b>
        <small>{t(`state_${one.state}` as WordKey, { date })}{one.overdue && <><br />{t("overdue")}</>}
          {one.answer && <><br />{t("answer", { text: one.answer })}</>}{one.complain && <><br />{say(one.complain)}</>}</small></div>
      {open && one.kind !== "kin" && <button class="btn small stop" onClick={onStop}>{t(one.kind === "delete" ? "stop" : "takeBack")}</button>}
    </div>
  );
}

/** What the record calls a deed about one's rights; undefined for all others. */
export const rightsDeed = (deed: string): string | undefined => (`deed_${deed}` in table ? t(`deed_${deed}` as WordKey) : undefined);
