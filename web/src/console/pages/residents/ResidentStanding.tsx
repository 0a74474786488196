// A resident's state as word and shape.
import type { ResidentState } from "../../../api/types";
import { Standing, type Tone } from "../../parts/standing";
import { useTerms } from "../../words/terms";

const TONES: Record<ResidentState, Tone> = { active: "plain", suspended: "late", dead: "gone" };

export function ResidentStanding({ state }: { state: ResidentState }) {
  const terms = useTerms();
  return <Standing tone={TONES[state]}>{terms.resident[state]}</Standing>;
}
