// Says on a phone that was added a short time ago what waits, until when, and what opens it now. It does not know which presses wait.
import { dayAndTime } from "../shared/times";
import { session, useSession } from "./context";
import { f } from "./later.words";
import { Note } from "./parts";

export function Young() {
  const { home } = useSession();
  const until = home?.devices.find((one) => one.this)?.young_until;
  if (!until || until <= session.clock.at()) return null;
  return (
    <Note icon="device" title={f("youngTitle", { time: dayAndTime(until) })}>
      <p class="text">{f("youngText")}</p><a class="btn small" href="/account">{f("youngAccount")}</a>
    </Note>
  );
}
