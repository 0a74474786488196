// Keeps a code on the screen: makes one when the place or form changes, renews it every 30 s, takes a fresh token when asked.
// It knows when, the session knows how.
import { useEffect, useRef, useState } from "preact/hooks";
import { session, useSeconds } from "./context";
import { RENEW_S, type Showing } from "./session";

export interface Shown { showing: Showing | null; left: number; turn: number; ready: boolean; renew: () => void }

export function useShowing(form: "T1" | "T0", key: string): Shown {
  const [showing, set] = useState<Showing | null>(null);
  const [ready, setReady] = useState(false);
  const [turn, setTurn] = useState(0);
  const busy = useRef(false);
  const at = useSeconds();

  const make = async (renew: boolean): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    try {
      set(await session.show(form, renew));
      setTurn((n) => n + 1);
    } finally {
      busy.current = false;
      setReady(true);
    }
  };

  useEffect(() => { void make(false); }, [form, key]);
  useEffect(() => {
    if (document.visibilityState !== "visible") return;
    if (showing ? at - showing.signedAt >= RENEW_S || at < showing.signedAt : ready && session.snapshot.left > 0) void make(false);
  }, [at]);

  // A screen that dims while somebody waits at a gate helps nobody.
  useEffect(() => {
    let lock: { release(): Promise<void> } | undefined;
    const hold = () => {
      if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").then((l) => { lock = l; }).catch(() => undefined);
    };
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => { document.removeEventListener("visibilitychange", hold); void lock?.release(); };
  }, []);

  const left = showing ? Math.max(0, Math.min(RENEW_S, RENEW_S - (at - showing.signedAt))) : 0;
  return { showing, left, turn, ready, renew: () => void make(true) };
}
