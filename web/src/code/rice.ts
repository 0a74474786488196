// Sorted sets of integers as Golomb-Rice coded gaps. It does not know what a value means.
export class RiceError extends Error {}

export interface Bounds { countMax: number; universe: number }

const HEADER = 9;
const K_MAX = 47;

/** Decodes one set from `at`; gives the rising values and where the set ends. Nothing is allocated before the count is known to fit. */
export function decodeRice(bytes: Uint8Array, at: number, bounds: Bounds): { values: Float64Array; end: number } {
  if (at + HEADER > bytes.length) throw new RiceError("truncated");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const k = view.getUint8(at);
  const count = view.getUint32(at + 1);
  const length = view.getUint32(at + 5);
  const start = at + HEADER;
  const end = start + length;
  if (k > K_MAX) throw new RiceError("k too large");
  if (end > bytes.length) throw new RiceError("truncated");
  if (count > bounds.countMax || count * (k + 1) > 8 * length) throw new RiceError("too many");
  const values = new Float64Array(count);
  const unit = 2 ** k;
  let bit = start * 8;
  const last = end * 8;
  const next = (): number => {
    if (bit >= last) throw new RiceError("truncated");
    const b = ((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1;
    bit++;
    return b;
  };
  let floor = 0;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    while (next() === 1) gap++;
    gap *= unit;
    for (let j = k - 1, low = 0; j >= 0; j--) { low = low * 2 + next(); if (j === 0) gap += low; }
    const value = floor + gap;
    if (value >= bounds.universe) throw new RiceError("out of range");
    values[i] = value;
    floor = value + 1;
  }
  if (last - bit >= 8) throw new RiceError("not canonical");
  while (bit < last) if (next() === 1) throw new RiceError("not canonical");
  return { values, end };
}

const gapAt = (values: Float64Array, i: number): number => (values[i] as number) - (i === 0 ? 0 : (values[i - 1] as number) + 1);

function bitsNeeded(values: Float64Array, k: number): number {
  let bits = values.length * (k + 1);
  for (let i = 0; i < values.length; i++) bits += Math.floor(gapAt(values, i) / 2 ** k);
  return bits;
}

/** Bytes of rising values coded with width `k`, header included; a width that is none is endless. */
export const codedLength = (values: Float64Array, k: number): number => (k > K_MAX ? Infinity : HEADER + Math.ceil(bitsNeeded(values, k) / 8));

/** Codes rising values with width `k`, bit for bit as the publisher does. Ask `codedLength` first: a small width can be long. */
export function encodeRice(values: Float64Array, k: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(codedLength(values, k));
  const view = new DataView(out.buffer);
  view.setUint8(0, k);
  view.setUint32(1, values.length);
  view.setUint32(5, out.length - HEADER);
  let bit = HEADER * 8;
  const one = (): void => { out[bit >> 3] = (out[bit >> 3] as number) | (128 >> (bit & 7)); bit++; };
  for (let i = 0; i < values.length; i++) {
    const gap = gapAt(values, i);
    for (let n = Math.floor(gap / 2 ** k); n > 0; n--) one();
    bit++;
    for (let j = k - 1; j >= 0; j--) if (Math.floor(gap / 2 ** j) % 2 === 1) one(); else bit++;
  }
  return out;
}

/** Binary search in rising values. */
export function contains(values: Float64Array, wanted: number): boolean {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = values[middle] as number;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1; else high = middle;
  }
  return false;
}
