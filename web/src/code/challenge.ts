// Challenges: what a checker shows so that an answer can't have been made before, or elsewhere; and place codes.
// It reads and writes digits; who remembers a challenge, and for how long, is the checker's business.
import { bigEndian, concat, readUint, toBigInt, type Bytes } from "./bytes";
import { verify } from "./suite";
import { LABELS, type Sign } from "./token";

export const CHALLENGE_BYTES = 83;
export const CHALLENGE_DIGITS = 201;
/** Seconds for which a challenge is open. */
export const CHALLENGE_OPEN_S = 60;

export interface Challenge { bytes: Bytes; site: number; scenario: number; at: number; signed: boolean }

const SIGNED = 19;

/** A challenge, signed by the checker's own key; without one it carries zeros, and nobody vouches for it. */
export async function makeChallenge(scenario: number, site: number, at: number, nonce: Uint8Array, sign?: Sign): Promise<Challenge> {
  const head = concat(Uint8Array.of(0x15), bigEndian(site, 4), bigEndian(scenario, 2), bigEndian(at, 4), nonce);
  const signature = sign ? await sign(concat(LABELS.checker, head)) : new Uint8Array(64);
  return { bytes: concat(head, signature), site, scenario, at, signed: sign !== undefined };
}

/** Whether one of these keys, those that a bundle names for the challenge's own place, signed it. */
export async function isVouched(challenge: Challenge, checkers: readonly { suite: number; bytes: Bytes }[]): Promise<boolean> {
  if (!challenge.signed) return false;
  const message = concat(LABELS.checker, challenge.bytes.subarray(0, SIGNED)), signature = challenge.bytes.subarray(SIGNED);
  for (const key of checkers) if (await verify(key.suite, key.bytes, message, signature)) return true;
  return false;
}

export const challengeDigits = (challenge: Challenge): string =>
  "5" + toBigInt(challenge.bytes).toString(10).padStart(CHALLENGE_DIGITS - 1, "0");

export function readChallenge(digits: string): Challenge | null {
  if (digits.length !== CHALLENGE_DIGITS || !/^5[0-9]*$/.test(digits)) return null;
  const value = BigInt(digits.slice(1));
  if (value >= 1n << BigInt(8 * CHALLENGE_BYTES)) return null;
  const bytes = bigEndian(value, CHALLENGE_BYTES);
  if (bytes[0] !== 0x15) return null;
  const signed = bytes.subarray(SIGNED).some((b) => b !== 0);
  return { bytes, site: readUint(bytes, 1, 4), scenario: readUint(bytes, 5, 2), at: readUint(bytes, 7, 4), signed };
}
