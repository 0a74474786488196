// Keys of this device: ES256, made by WebCrypto, never extractable. It knows how to make and use one, not what is signed.
import { compress, lowS } from "../code/point";
import type { Bytes } from "../code/bytes";
import type { Sign } from "../code/token";

export interface DeviceKey { privateKey: CryptoKey; publicKey: Bytes }

export async function makeKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { privateKey: pair.privateKey, publicKey: compress(point) };
}

export const signWith = (key: CryptoKey): Sign => async (message) =>
  lowS(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message)));
