// Deltas of the verifier bundle: from the file a checker holds to a newer one, part by part, and for the sets only what changed.
// A delta is not trusted: its result must have the promised hash, and is then opened like any file.
import { bigEndian, concat, equal, fromHex, sha256, utf8, type Bytes } from "./bytes";
import { BundleError, PART_SIZE_MAX, readHead, readKids, readLists, readUrgent } from "./bundle";
import { codedLength, contains, decodeRice, encodeRice, RiceError, type Bounds } from "./rice";
import { Malformed, must, Reader } from "./reader";

const SAME = 0, WHOLE = 1, SETS = 2;
const LISTS = 3, URGENT = 4;
const LISTS_MAX = 256, DAYS_MAX = 8;
const BOUNDS: Record<number, Bounds> = { [LISTS]: { countMax: 4_194_304, universe: 16_777_216 }, [URGENT]: { countMax: 2_000_000, universe: 2 ** 48 } };

/** The file that `delta` makes of `from`; throws BundleError, and then the whole file is to be fetched. */
export async function applyDelta(from: Bytes, delta: Bytes): Promise<Bytes> {
  try {
    return await applied(from, delta);
  } catch (error) {
    if (error instanceof Malformed || error instanceof RiceError) throw new BundleError("malformed");
    throw error;
  }
}

async function applied(from: Bytes, delta: Bytes): Promise<Bytes> {
  const r = new Reader(delta);
  must(equal(r.take(4), utf8("YMD1")), "magic");
  if (!equal(r.take(32), await sha256(from))) throw new BundleError("delta_from");
  const to = r.take(32);
  const old = partsOf(from);
  const headFrom = r.at;
  const head = readHead(r);
  const made = [utf8("YMB1"), delta.slice(headFrom, r.at)];
  head.parts.forEach(({ size }, part) => {
    if (size > (PART_SIZE_MAX[part] as number)) throw new BundleError("too_large");
    made.push(nextPart(r, part, old[part] as Bytes, size));
  });
  r.end();
  const file = concat(...made);
  if (!equal(await sha256(file), to)) throw new BundleError("delta_result");
  return file;
}

function partsOf(file: Bytes): Bytes[] {
  const r = new Reader(file);
  must(equal(r.take(4), utf8("YMB1")), "magic");
  const parts = readHead(r).parts.map(({ size }) => r.take(size));
  r.end();
  return parts;
}

function nextPart(r: Reader, part: number, old: Bytes, size: number): Bytes {
  const op = r.u8();
  if (op === SAME) return old;
  if (op === WHOLE) return r.take(size);
  must(op === SETS && (part === LISTS || part === URGENT), "op");
  return nextSets(r, part, old);
}

/** The part that a set delta makes, in the same bytes as the publisher's. */
function nextSets(r: Reader, part: number, old: Bytes): Bytes {
  const held = part === LISTS ? heldLists(old) : readUrgent(old).days;
  const made = [r.take(4)];
  if (part === URGENT) {
    const kids = readKids(r);
    made.push(bigEndian(kids.length, 2), ...kids.map(fromHex));
  }
  const count = r.u16();
  must(count <= (part === LISTS ? LISTS_MAX : DAYS_MAX), "too many sets");
  made.push(bigEndian(count, part === LISTS ? 2 : 1));
  for (let i = 0; i < count; i++) {
    const id = r.u16(), size = r.u32(), k = r.u8();
    must(part === LISTS || size === 0, "a day has no size");
    const gone = readSet(r, part), added = readSet(r, part);
    const values = changed(held.get(id) ?? new Float64Array(), gone, added);
    // A repeated id finds nothing: memory stays bounded by the old part and the delta.
    held.delete(id);
    if (codedLength(values, k) > (PART_SIZE_MAX[part] as number)) throw new BundleError("delta_result");
    made.push(bigEndian(id, 2), ...(part === LISTS ? [bigEndian(size, 4)] : []), encodeRice(values, k));
  }
  return concat(...made);
}

const heldLists = (part: Bytes): Map<number, Float64Array> =>
  new Map([...readLists(part).lists].map(([id, list]) => [id, list.revoked]));

function readSet(r: Reader, part: number): Float64Array {
  const { values, end } = decodeRice(r.bytes, r.at, BOUNDS[part] as Bounds);
  r.at = end;
  return values;
}

function changed(before: Float64Array, gone: Float64Array, added: Float64Array): Float64Array {
  if (!gone.every((value) => contains(before, value)) || added.some((value) => contains(before, value))) throw new BundleError("delta_result");
  const values = new Float64Array(before.length - gone.length + added.length);
  const kept = before.filter((value) => !contains(gone, value));
  values.set(kept);
  values.set(added, kept.length);
  return values.sort();
}
