// While the holder is asked on their own phone: the same digits are checked again every two seconds, for a minute at most.
// It decides nothing; whoever stands at the desk may stop waiting.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/icons";
import { say } from "../shared/words";
import { gate, useGate, useSeconds, useWide } from "./context";
import type { Answer } from "./gate";
import { t } from "./words";

const ASK_MS = 2_000;
/** The last answer may be under way when the minute is over. */
const GRACE_S = 4;

export function Waiting({ asked, onAnswer }: { asked: Answer; onAnswer: (answer: Answer | null) => void }) {
  const snap = useGate();
  const wide = useWide();
  const at = useSeconds();
  const stop = useRef<HTMLButtonElement>(null);
  const until = asked.verdict.confirmation?.until_at ?? at;
  const left = Math.max(0, Math.min(60, until - at));
  useEffect(() => {
    stop.current?.focus({ preventScroll: true });
    let gone = false, busy = false;
    const ask = async () => {
      if (busy || gone) return;
      busy = true;
      const again = await gate.check(asked.digits).catch(() => null);
      busy = false;
      const over = gate.clock.at() > until + GRACE_S;
      if (!gone && again && (!again.verdict.confirmation || over)) onAnswer(again);
    };
    const timer = setInterval(() => void ask(), ASK_MS);
    return () => { gone = true; clearInterval(timer); };
  }, [asked]);
  const quit = <button class={wide ? "quiet" : "btn wide"} ref={stop} onClick={() => onAnswer(null)}>{t("waitStop")}</button>;
  const words = (
    <div class="say" role="status" data-waiting={asked.verdict.confirmation?.id ?? ""}>
      <Icon name="mobile" />
      <div><h1>{t(wide ? "waitYou" : "waitTitle")}</h1><p class="do">{t(wide ? "waitYouDo" : "waitDo", { place: say(snap.place) })}</p><p class="for" role="timer">{t("waitLeft", { n: left })}</p></div>
    </div>
  );
  if (wide) return <main class="gate idle wait">{words}<p class="strip"><Icon name="pin" />{say(snap.place)}<span class="grow" />{snap.demo && <span class="demo">{t("demo")}</span>}{quit}</p></main>;
  return <main class="wait">{words}<div class="tell">{quit}</div></main>;
}
