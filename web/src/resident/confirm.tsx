// A checker's question on the holder's screen: who asks, where, what for, what they see; confirm, or say that it is not me.
// Asked for every two seconds while a large-grid code is shown, and at no other time.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { say } from "../shared/words";
import type { Confirmation } from "../api/types";
import { session, useSeconds } from "./context";
import { Wrong } from "./parts";
import { t } from "./words";

const ASK_MS = 2_000;

/** The newest question that waits for this device, while `shown`. */
function useQuestion(shown: boolean): [Confirmation | null, (done: string) => void] {
  const [question, set] = useState<Confirmation | null>(null);
  const [over] = useState(new Set<string>());
  useEffect(() => {
    if (!shown) return;
    let asking = false;
    const ask = async () => {
      if (asking || document.visibilityState !== "visible" || !session.snapshot.online) return;
      asking = true;
      const waiting = await session.confirmations().catch(() => null);
      asking = false;
      // Without an answer the question stays: the network may be back before the minute is over.
      if (waiting) set(waiting.find((one) => !over.has(one.id)) ?? null);
    };
    const timer = setInterval(() => void ask(), ASK_MS);
    void ask();
    return () => clearInterval(timer);
  }, [shown]);
  return [question, (done) => { over.add(done); set(null); }];
}

/** `onAnswer` puts a fresh code on the screen: the one that was asked about is used up, either way. */
export function Confirm({ shown, onAnswer }: { shown: boolean; onAnswer: () => void }) {
  const [question, done] = useQuestion(shown);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 6_000);
    return () => clearTimeout(timer);
  }, [said]);
  if (question) return <Question key={question.id} question={question} onDone={(words) => { setSaid(words); done(question.id); if (words) onAnswer(); }} />;
  return said ? <p class="note" role="status"><Icon name="check" /><b>{said}</b></p> : null;
}

function Question({ question, onDone }: { question: Confirmation; onDone: (words: string) => void }) {
  const at = useSeconds();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const left = Math.max(0, Math.min(60, question.until_at - at));
  const answer = (verb: "confirm" | "refuse") => {
    setBusy(true);
    setWrong("");
    session.answerCheck(question.id, verb)
      .then(() => onDone(t(verb === "confirm" ? "cfmDone" : "cfmRefused")))
      .catch((error: unknown) => { setBusy(false); setWrong(asProblem(error).words); });
  };
  useEffect(() => { if (left === 0 && !busy && !wrong) onDone(""); }, [left]);
  const place = say(question.place) || say(question.owner);
  return (
    <Sheet label={t("cfmAsks", { place })} onClose={() => undefined}>
      <div class="ask" data-confirmation={question.id}>
        <p class="where"><Icon name="pin" /><b>{place}</b></p>
        <h2>{t("cfmTitle")}</h2>
        <p class="text">{t("cfmText")}</p>
        <dl class="terms">
          <dt>{t("cfmOwner")}</dt><dd>{say(question.owner)}</dd>
          <dt>{t("cfmWhy")}</dt><dd>{say(question.purpose)}</dd>
          <dt>{t("cfmSees")}</dt><dd>{say(question.sees)}</dd>
        </dl>
        {wrong && <Wrong text={wrong} />}
        <div class="both">
          <button class="btn" disabled={busy} onClick={() => answer("refuse")}>{t("cfmNot")}</button>
          <button class="btn primary" disabled={busy} onClick={() => answer("confirm")}>{t("cfmYes")}</button>
        </div>
        <p class="center left" role="timer">{wrong ? <button class="textbtn" onClick={() => onDone("")}>{t("close")}</button> : t("cfmLeft", { n: left })}</p>
      </div>
    </Sheet>
  );
}
