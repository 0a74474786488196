// When a device that was sent away comes again: not before Retry-After, and by a chance of its own after it ("full jitter").
// It knows no clock and no server; the same rule and table stand in crates/wire/src/retry.rs.

const SPAN_S = 2;
const SPAN_MAX_S = 300;

/** Seconds until the next try, after so many that were sent away; `chance` is any of 2^32 numbers. */
export function waitS(tries: number, retryAfterS: number, chance: number): number {
  const span = Math.min(SPAN_S * 2 ** Math.min(Math.max(tries - 1, 0), 16), SPAN_MAX_S);
  return retryAfterS + Math.floor((chance * (span + 1)) / 2 ** 32);
}
