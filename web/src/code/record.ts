// Sealed records: a gate's note that only a device which showed the code can find and open.
// It knows the tag, the key and the ten bytes inside, not where buckets come from.
import { bigEndian, concat, random, readUint, sha256, utf8, type Bytes } from "./bytes";
import { LABELS } from "./token";

export interface Sealed { tag: Bytes; nonce: Bytes; body: Bytes }
export interface Note { site: number; scenario: number; at: number }

/** First 16 bytes of SHA-256 over the label and the code as shown (T1 197 or T1c 205 bytes). */
export const recordTag = async (shown: Bytes): Promise<Bytes> =>
  new Uint8Array((await sha256(LABELS.recordTag, shown)).subarray(0, 16));

async function recordKey(shown: Bytes, nonce: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", shown, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: nonce, info: utf8("yima.rec.key.v1") };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, [usage]);
}

// The nonce of the box is all zero because its key serves once.
const box = (tag: Bytes) => ({ name: "AES-GCM", iv: new Uint8Array(12), additionalData: tag });

export async function sealRecord(shown: Bytes, note: Note, nonce: Bytes = random(16)): Promise<Sealed> {
  const tag = await recordTag(shown);
  const plain = concat(bigEndian(note.site, 4), bigEndian(note.scenario, 2), bigEndian(note.at, 4));
  const body = await crypto.subtle.encrypt(box(tag), await recordKey(shown, nonce, "encrypt"), plain);
  return { tag, nonce, body: new Uint8Array(body) };
}

/** Null when the record is not of this code or was tampered with. */
export async function openRecord(shown: Bytes, sealed: Sealed): Promise<Note | null> {
  try {
    const key = await recordKey(shown, sealed.nonce, "decrypt");
    const plain = new Uint8Array(await crypto.subtle.decrypt(box(sealed.tag), key, sealed.body));
    if (plain.length !== 10) return null;
    return { site: readUint(plain, 0, 4), scenario: readUint(plain, 4, 2), at: readUint(plain, 6, 4) };
  } catch {
    return null;
  }
}
