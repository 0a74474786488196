// The one gate of the page and a hook that redraws with it. It knows no rule.
import { useEffect, useState } from "preact/hooks";
import { onPrefs } from "../shared/prefs";
import { Gate, type Snapshot } from "./gate";

export const gate = new Gate();

export function useGate(): Snapshot {
  const [, redraw] = useState(0);
  useEffect(() => {
    const tell = () => redraw((n) => n + 1);
    const drop = [gate.subscribe(tell), onPrefs(tell)];
    tell();
    return () => drop.forEach((f) => f());
  }, []);
  return gate.snapshot;
}

export function useSeconds(): number {
  const [at, set] = useState(gate.clock.at());
  useEffect(() => {
    const timer = setInterval(() => set(gate.clock.at()), 1000);
    return () => clearInterval(timer);
  }, []);
  return at;
}

const gateShape = matchMedia("(min-width: 900px) and (min-aspect-ratio: 4/3)");

/** True on a gate's or tablet's wide screen, which the passenger reads. */
export function useWide(): boolean {
  const [wide, set] = useState(gateShape.matches);
  useEffect(() => {
    const changed = () => set(gateShape.matches);
    gateShape.addEventListener("change", changed);
    return () => gateShape.removeEventListener("change", changed);
  }, []);
  return wide;
}
