// A manifest version's state as word and shape.
import type { ManifestVersion } from "../../../api/types";
import { Standing, type Tone } from "../../parts/standing";
import { useWords } from "../../words/language";
import { words } from "./scenarios.words";

const TONES: Record<ManifestVersion["state"], Tone> = { proposed: "late", active: "plain", retired: "gone", refused: "stop" };

export function ScenarioState({ state }: { state: ManifestVersion["state"] }) {
  const t = useWords(words);
  return <Standing tone={TONES[state]}>{t.states[state]}</Standing>;
}
