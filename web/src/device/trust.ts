// What this device takes from the bundle: who may sign time, and which keys stand at which place; under the root it pinned when it was enrolled.
// Loaded only when time is first checked or a checker's code was scanned; it knows bundles, not tokens.
import { bigEndian, concat, fromB64, random, toB64, type Bytes } from "../code/bytes";
import { newFloor, openBundle, type Floor, type Key } from "../code/bundle";
import { isVouched, type Challenge } from "../code/challenge";
import { verify } from "../code/suite";
import { LABELS } from "../code/token";
import type { Both } from "../shared/words";
import type { TimeAnswer } from "../api/types";
import { call, raw } from "./api";

export interface Place { name: Both; checkers: Key[] }
/** `fingerprint` is the root that was pinned; `floor` what may not be undercut. What an older page kept has no places yet. */
export interface Trust { fingerprint: string; keys: Key[]; floor?: Floor; places?: Map<number, Place> }

/** Fetches the bundle and keeps what a device needs of it. The phone's clock may be wrong, so age is not judged here. */
export async function learnTrust(fingerprint: string, before: Trust | undefined): Promise<Trust> {
  const file = new Uint8Array(await (await raw("GET", "/bundle")).arrayBuffer());
  const floor = before?.fingerprint === fingerprint ? before.floor : undefined;
  const bundle = await openBundle(file, floor ?? newFloor(fingerprint), 0);
  const places = new Map([...bundle.sites.values()].filter((site) => site.checkers.length > 0).map((site) => [site.site, { name: site.name, checkers: site.checkers }]));
  return { fingerprint, keys: bundle.root.lists.keys, floor: bundle.floor, places };
}

/** The name of the challenge's place, if a key of that place signed it. */
export async function voucher(trust: Trust, challenge: Challenge): Promise<Both | null> {
  const place = trust.places?.get(challenge.site);
  return place && (await isVouched(challenge, place.checkers)) ? place.name : null;
}

export async function signedTime(trust: Trust): Promise<{ ms: number; sentAt: number } | null> {
  const nonce = random(16);
  const sentAt = performance.now();
  const answer = await call<TimeAnswer>("GET", `/time?nonce=${toB64(nonce)}`);
  const message: Bytes = concat(LABELS.time, nonce, bigEndian(answer.server_ms, 8));
  const signature = fromB64(answer.signature);
  for (const key of trust.keys) if (await verify(key.suite, key.bytes, message, signature)) return { ms: answer.server_ms, sentAt };
  return null;
}
