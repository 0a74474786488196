// Challenges: what a checker shows so that an answer can't have been made before, or elsewhere; and place codes.
// It reads and writes digits; who remembers a challenge, and for how long, is the checker's business.
import { bigEndian, concat, readUint, toBigInt, type Bytes } from "./bytes";

export const CHALLENGE_BYTES = 83;
export const CHALLENGE_DIGITS = 201;
/** Seconds for which a challenge is open. */
export const CHALLENGE_OPEN_S = 60;

export interface Challenge { bytes: Bytes; site: number; scenario: number; at: number; signed: boolean }

export function makeChallenge(scenario: number, site: number, at: number, nonce: Uint8Array): Challenge {
  const bytes = concat(Uint8Array.of(0x15), bigEndian(site, 4), bigEndian(scenario, 2), bigEndian(at, 4), nonce, new Uint8Array(64));
  return { bytes, site, scenario, at, signed: false };
}

export const challengeDigits = (challenge: Challenge): string =>
  "5" + toBigInt(challenge.bytes).toString(10).padStart(CHALLENGE_DIGITS - 1, "0");

export function readChallenge(digits: string): Challenge | null {
  if (digits.length !== CHALLENGE_DIGITS || !/^5[0-9]*$/.test(digits)) return null;
  const value = BigInt(digits.slice(1));
  if (value >= 1n << BigInt(8 * CHALLENGE_BYTES)) return null;
  const bytes = bigEndian(value, CHALLENGE_BYTES);
  if (bytes[0] !== 0x15) return null;
  const signed = bytes.subarray(19).some((b) => b !== 0);
  return { bytes, site: readUint(bytes, 1, 4), scenario: readUint(bytes, 5, 2), at: readUint(bytes, 7, 4), signed };
}
