// How a key stands at a moment, in the four words of the page, and what its suite is called.
// A daily key that lives is ready before its window, active within and retired after it.
import type { KeyRow } from "../../../api/types";

export type KeyStanding = "assigned" | "active" | "retired" | "withdrawn" | "destroyed";

export function standingOf({ state, from_at, until_at }: KeyRow, now_s: number): KeyStanding {
  if (state !== "live" && state !== "active") return state as KeyStanding;
  if (from_at !== null && from_at > now_s) return "assigned";
  return until_at !== null && until_at <= now_s ? "retired" : "active";
}

/** The names people use: ES256 (P-256 with SHA-256), SM2 (with SM3), Ed25519. */
export function suiteName(suite: string): string {
  const known: Record<string, string> = { es256: "ES256", "sm2-sm3": "SM2", sm2: "SM2", ed25519: "Ed25519" };
  return known[suite.toLowerCase()] ?? suite;
}
