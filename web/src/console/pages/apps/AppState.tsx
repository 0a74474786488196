// How a version of an app stands, in a word and a shape. It does not know what follows from it.
import { Standing, type Tone } from "../../parts/standing";
import { useWords } from "../../words/language";
import { words } from "./apps.words";

const TONES: Record<string, Tone> = { proposed: "late", active: "fine", refused: "stop", retired: "plain", ended: "gone" };

export function AppState({ state }: { state: string }) {
  const t = useWords(words).states;
  return <Standing tone={TONES[state] ?? "plain"}>{t[state] ?? state}</Standing>;
}
