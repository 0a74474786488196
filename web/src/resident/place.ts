// What a scanned text is to a resident: a place code, a checker's challenge, a resident code, or nothing of ours.
// It reads; it asks nobody.
import { fromDigits } from "../code/digits";
import { readChallenge, type Challenge } from "../code/challenge";

export type Scanned = { kind: "place"; site: number } | { kind: "challenge"; challenge: Challenge } | { kind: "resident" } | { kind: "unknown" };

const SITE_MAX = 0xffffffff;
/** `…/p/1042`, `…?site=1042`, `…#site=1042`: what a poster's symbol says, whatever host it names. */
const PLACE_LINK = /(?:\/(?:p|place|places)\/|[?#&](?:site|place)=)(\d{1,10})(?:[/?#&]|$)/;
/** `yima:place:1042:5`: site, then scenario. */
const PLACE_WORD = /^yima:place:(\d{1,10})(?::\d{1,5})?$/;

export function readScanned(text: string): Scanned {
  const challenge = readChallenge(text);
  if (challenge) return { kind: "challenge", challenge };
  const site = Number((PLACE_WORD.exec(text) ?? PLACE_LINK.exec(text) ?? (/^\d{1,10}$/.test(text) ? [text, text] : null))?.[1] ?? NaN);
  if (site >= 1 && site <= SITE_MAX) return { kind: "place", site };
  return "form" in fromDigits(text) ? { kind: "resident" } : { kind: "unknown" };
}
