// P-256 points and the low-s rule for ES256. It checks curve membership; it neither signs nor verifies.
import { bigEndian, concat, toBigInt, type Bytes } from "./bytes";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const mod = (n: bigint, m: bigint): bigint => ((n % m) + m) % m;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base, P), e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}

/** 65 bytes `04 x y` to 33 bytes `02|03 x`. */
export function compress(point: Uint8Array): Bytes {
  if (point.length !== 65 || point[0] !== 4) throw new RangeError("an uncompressed point has 65 bytes");
  return concat(Uint8Array.of(2 + ((point[64] as number) & 1)), point.subarray(1, 33));
}

/** 33 bytes to 65, or null when the point is not on the curve. */
export function decompress(point: Uint8Array): Bytes | null {
  const sign = point[0];
  if (point.length !== 33 || (sign !== 2 && sign !== 3)) return null;
  const x = toBigInt(point.subarray(1));
  if (x >= P) return null;
  const square = mod(x * x * x - 3n * x + B, P);
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return null;
  const y = (root & 1n) === BigInt(sign & 1) ? root : P - root;
  return concat(Uint8Array.of(4), bigEndian(x, 32), bigEndian(y, 32));
}

/** WebCrypto makes s on either side of n/2; the format takes the lower twin only. */
export function lowS(signature: Uint8Array): Bytes {
  const s = toBigInt(signature.subarray(32));
  return s > P256_ORDER / 2n ? concat(signature.subarray(0, 32), bigEndian(P256_ORDER - s, 32)) : new Uint8Array(signature);
}

/** r and s in [1, n-1], and s at most n/2. */
export function scalarsAllowed(signature: Uint8Array): boolean {
  const r = toBigInt(signature.subarray(0, 32));
  const s = toBigInt(signature.subarray(32));
  return signature.length === 64 && r > 0n && r < P256_ORDER && s > 0n && s <= P256_ORDER / 2n;
}
