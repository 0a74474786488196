// How an organisation stands, as a tone.
import type { OrganisationRow } from "../../../api/types";
import type { Tone } from "../../parts/standing";

export const TONES: Record<OrganisationRow["state"], Tone> = { active: "plain", suspended: "late", ended: "gone" };
