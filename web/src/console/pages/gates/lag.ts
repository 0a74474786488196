// When a gate counts as late, and which gates are the latest. Pure; the same rule as the server's figure.
import type { Gate } from "../../../api/types";

/** Not seen for an hour, or two bundles behind: one behind is fetched within minutes. */
const SEEN_WITHIN_S = 3600;
const BEHIND_MAX = 1;
/** A clock further off than this is worth a visit. */
const CLOCK_OFF_S = 60;

export function isLate(gate: Gate, now_s: number): boolean {
  return gate.state === "active" && (isAway(gate, now_s) || (gate.bundle_lag ?? 0) > BEHIND_MAX);
}

export function isAway(gate: Gate, now_s: number): boolean {
  return gate.last_seen_at === null || now_s - gate.last_seen_at > SEEN_WITHIN_S;
}

export function clockIsOff(gate: Gate): boolean {
  return gate.state === "active" && Math.abs(gate.clock_off_s) > CLOCK_OFF_S;
}

/** Those never seen first, then by how long ago they were. */
export function latestFirst(gates: readonly Gate[]): Gate[] {
  return [...gates].sort((a, b) => (a.last_seen_at ?? 0) - (b.last_seen_at ?? 0));
}
