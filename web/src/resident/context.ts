// The one session of the page, and a hook that redraws when it or a looks preference changes.
import { useEffect, useState } from "preact/hooks";
import { onPrefs } from "../shared/prefs";
import { Session, type Snapshot } from "./session";

export const session = new Session();

export function useSession(): Snapshot {
  const [, redraw] = useState(0);
  useEffect(() => {
    const tell = () => redraw((n) => n + 1);
    const drop = [session.subscribe(tell), onPrefs(tell)];
    tell();
    return () => drop.forEach((f) => f());
  }, []);
  return session.snapshot;
}

/** Redraws every second while the page is visible; gives corrected Unix seconds. */
export function useSeconds(): number {
  const [at, set] = useState(session.clock.at());
  useEffect(() => {
    const timer = setInterval(() => { if (document.visibilityState === "visible") set(session.clock.at()); }, 1000);
    const seen = () => set(session.clock.at());
    document.addEventListener("visibilitychange", seen);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", seen); };
  }, []);
  return at;
}

/** Width of the column, redrawn when the window changes. */
export function useRoom(): number {
  const read = () => Math.min(document.documentElement.clientWidth, 480);
  const [room, set] = useState(read());
  useEffect(() => {
    const changed = () => set(read());
    addEventListener("resize", changed);
    return () => removeEventListener("resize", changed);
  }, []);
  return room;
}
