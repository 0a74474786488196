// Bytes to text and back, and the big-endian numbers of the token format. It knows no token.
export type Bytes = Uint8Array<ArrayBuffer>;

const text = new TextEncoder();
export const utf8 = (s: string): Bytes => text.encode(s) as Bytes;

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function fromHex(hex: string): Bytes {
  if (hex.length % 2 !== 0 || /[^0-9a-fA-F]/.test(hex)) throw new RangeError("not hexadecimal");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** base64url without padding. */
export const toB64 = (bytes: Uint8Array): string => toStdB64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
/** base64 with padding, as HTTP structured fields write it. */
export const toStdB64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
export function fromB64(b64: string): Bytes {
  const raw = atob(b64.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

export function bigEndian(value: number | bigint, length: number): Bytes {
  const out = new Uint8Array(length);
  let rest = BigInt(value);
  for (let i = length - 1; i >= 0; i--) { out[i] = Number(rest & 0xffn); rest >>= 8n; }
  return out;
}

export function readUint(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

export const toBigInt = (bytes: Uint8Array): bigint => (bytes.length ? BigInt("0x" + toHex(bytes)) : 0n);

export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
