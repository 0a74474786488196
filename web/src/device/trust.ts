// Why this device believes the server's time: the lists+time keys under the root it pinned when it was enrolled.
// Loaded only when time is first checked; it knows bundles, not tokens.
import { bigEndian, concat, fromB64, random, toB64, type Bytes } from "../code/bytes";
import { newFloor, openBundle, type Key } from "../code/bundle";
import { verify } from "../code/suite";
import { LABELS } from "../code/token";
import type { TimeAnswer } from "../api/types";
import { call, raw } from "./api";

export interface Trust { fingerprint: string; keys: Key[] }

/** Fetches the bundle once and keeps the keys that may sign time. The phone's clock may be wrong, so age is not judged here. */
export async function learnTrust(fingerprint: string): Promise<Trust> {
  const file = new Uint8Array(await (await raw("GET", "/bundle")).arrayBuffer());
  const bundle = await openBundle(file, newFloor(fingerprint), 0);
  return { fingerprint, keys: bundle.root.lists.keys };
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
