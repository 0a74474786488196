// The fields of the tokens and how a holder completes one: T1 alone, T1c for a checker's challenge, T0 for online checks.
// It takes a signing function and never sees a private key.
import { bigEndian, concat, fromHex, readUint, sha256, utf8, type Bytes } from "./bytes";

export type Sign = (message: Bytes) => Promise<Bytes>;

/** Everything that the issuer says and signs: bytes 0 to 122 of T1. */
export const ISSUER_PART_LENGTH = 123;

const label = (name: string): Bytes => concat(utf8(name), Uint8Array.of(0));
export const LABELS = {
  t1Issuer: label("yima.t1.issuer.v1"), t1Holder: label("yima.t1.holder.v1"), t1cHolder: label("yima.t1c.holder.v1"),
  t2Issuer: label("yima.t2.issuer.v1"), t0: label("yima.t0.v1"), challenge: label("yima.chal.v1"),
  checker: label("yima.chal.checker.v1"), checkerKey: label("yima.checker.key.v1"),
  recordTag: label("yima.rec.tag.v1"), time: label("yima.time.v1"),
};

export interface Where { scenario: number; site: number }

const roundDown = (at: number): number => Math.floor(at / 5) * 5;

function holderPart(issuerPart: Uint8Array, at: number, where: Where): Bytes {
  if (issuerPart.length !== ISSUER_PART_LENGTH || issuerPart[0] !== 0x11) throw new RangeError("not the issuer part of a T1");
  return concat(issuerPart, bigEndian(roundDown(at), 4), bigEndian(where.scenario, 2), bigEndian(where.site, 4));
}

/** 197 bytes; `at` is corrected Unix seconds and is rounded down to 5. */
export async function makeT1(issuerPart: Uint8Array, at: number, where: Where, sign: Sign): Promise<Bytes> {
  const body = holderPart(issuerPart, at, where);
  return concat(body, await sign(concat(LABELS.t1Holder, body)));
}

/** 205 bytes; `challenge` is the 8 bytes of `challengeHash`. */
export async function makeT1c(issuerPart: Uint8Array, at: number, where: Where, challenge: Uint8Array, sign: Sign): Promise<Bytes> {
  const body = concat(holderPart(issuerPart, at, where), challenge);
  body[0] = 0x12;
  return concat(body, await sign(concat(LABELS.t1cHolder, body)));
}

/** First 8 bytes of SHA-256 over the label and the challenge as shown. */
export const challengeHash = async (challenge: Uint8Array): Promise<Bytes> =>
  new Uint8Array((await sha256(LABELS.challenge, challenge)).subarray(0, 8));

/** 25 bytes; `suite` is the issuer's, `windowFrom` is when the id's day opens (03:00), from which the 5 s steps count. */
export async function makeT0(suite: number, id: Uint8Array, key: Bytes, at: number, windowFrom: number, where: Where): Promise<Bytes> {
  const step = Math.floor((at - windowFrom) / 5);
  const head = concat(Uint8Array.of(0x13), id, bigEndian(step, 2));
  const mac = await hmac(suite, key, concat(LABELS.t0, head, bigEndian(where.scenario, 2), bigEndian(where.site, 4)));
  return concat(head, mac.subarray(0, 6));
}

const SM2_SM3 = 2;

/** HMAC of the suite's hash; SM3 comes from a library that loads when it is first needed. */
async function hmac(suite: number, key: Bytes, message: Bytes): Promise<Bytes> {
  if (suite !== SM2_SM3) return hmacSha256(key, message);
  const { sm3 } = await import("sm-crypto-v2");
  return fromHex(sm3(message, { key, mode: "hmac" }));
}

async function hmacSha256(key: Bytes, message: Bytes): Promise<Bytes> {
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", hmac, message));
}

export interface Flags { assurance: number; attested: boolean; acting: boolean; ageBand: number; benefit: number; reserved: number }

export const readFlags = (bits: number): Flags => ({
  assurance: bits >> 14, attested: (bits >> 13 & 1) === 1, acting: (bits >> 12 & 1) === 1,
  ageBand: bits >> 8 & 15, benefit: bits >> 4 & 15, reserved: bits & 15,
});

/** What a T1 or T1c says, by the offsets of the format. */
export function readT1(bytes: Uint8Array) {
  return {
    issuerSuite: (bytes[1] as number) >> 4, holderSuite: (bytes[1] as number) & 15,
    kid: bytes.slice(2, 6), id: bytes.slice(6, 22), day: readUint(bytes, 22, 2), flags: readFlags(readUint(bytes, 24, 2)),
    holderKey: bytes.slice(26, 59), issuerSignature: bytes.slice(59, 123),
    at: readUint(bytes, 123, 4), scenario: readUint(bytes, 127, 2), site: readUint(bytes, 129, 4),
    holderSigned: bytes.slice(0, bytes.length - 64), holderSignature: bytes.slice(bytes.length - 64),
    challenge: bytes.length === 205 ? bytes.slice(133, 141) : null,
  };
}
