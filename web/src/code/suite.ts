// Verifying signatures of the three suites: P-256 by WebCrypto, SM2 and Ed25519 by libraries that load when first needed.
// It verifies only; keys are 33 bytes, signatures are r||s in 64.
import { toBigInt, toHex, type Bytes } from "./bytes";
import { decompress, scalarsAllowed } from "./point";

export const ES256 = 1, SM2_SM3 = 2, ED25519 = 3;
export type Suite = typeof ES256 | typeof SM2_SM3 | typeof ED25519;

const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

const cache = new Map<string, Promise<CryptoKey>>();

function es256Key(point: Bytes): Promise<CryptoKey> {
  const id = toHex(point);
  let key = cache.get(id);
  if (!key) {
    if (cache.size > 256) cache.clear();
    key = crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    cache.set(id, key);
  }
  return key;
}

async function verifyEs256(key: Uint8Array, message: Bytes, signature: Uint8Array): Promise<boolean> {
  const point = decompress(key);
  if (!point || !scalarsAllowed(signature)) return false;
  const how = { name: "ECDSA", hash: "SHA-256" };
  return crypto.subtle.verify(how, await es256Key(point), new Uint8Array(signature), message);
}

async function verifySm2(key: Uint8Array, message: Bytes, signature: Uint8Array): Promise<boolean> {
  const r = toBigInt(signature.subarray(0, 32));
  const s = toBigInt(signature.subarray(32));
  if (r < 1n || r >= SM2_ORDER || s < 1n || s >= SM2_ORDER || (r + s) % SM2_ORDER === 0n) return false;
  const { sm2 } = await import("sm-crypto-v2");
  const publicKey = toHex(key);
  if (!sm2.verifyPublicKey(publicKey)) return false;
  return sm2.doVerifySignature(message, toHex(signature), publicKey, { hash: true, userId: "1234567812345678" });
}

async function verifyEd25519(key: Uint8Array, message: Bytes, signature: Uint8Array): Promise<boolean> {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  return ed25519.verify(signature, message, key.subarray(1), { zip215: false });
}

/** True when `signature` by `key` (33 bytes) covers `message`; every failure is false, never an exception. */
export async function verify(suite: number, key: Uint8Array, message: Bytes, signature: Uint8Array): Promise<boolean> {
  if (key.length !== 33 || signature.length !== 64) return false;
  try {
    if (suite === ES256) return await verifyEs256(key, message, signature);
    if (suite === SM2_SM3) return await verifySm2(key, message, signature);
    if (suite === ED25519) return await verifyEd25519(key, message, signature);
    return false;
  } catch {
    return false;
  }
}

/** Whether 33 bytes are a key of the suite: a point on the curve, or 00 and 32 bytes for Ed25519. */
export async function keyAllowed(suite: number, key: Uint8Array): Promise<boolean> {
  if (suite === ES256) return decompress(key) !== null;
  if (suite === SM2_SM3) {
    if (key[0] !== 2 && key[0] !== 3) return false;
    const { sm2 } = await import("sm-crypto-v2");
    try { return sm2.verifyPublicKey(toHex(key)); } catch { return false; }
  }
  if (suite !== ED25519 || key[0] !== 0) return false;
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  try { ed25519.Point.fromBytes(key.subarray(1)); return !ed25519.Point.fromBytes(key.subarray(1)).isSmallOrder(); } catch { return false; }
}

