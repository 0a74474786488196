// Opening a verifier bundle: the thirteen checks of docs/spec/verifier-bundle.md in their order, from bytes to what a gate may rely on.
// It takes the clock and the floor as arguments and stores nothing; who brought the bytes is not trusted.
import { bigEndian, concat, equal, sha256, toHex, utf8, type Bytes } from "./bytes";
import { decodeRice, RiceError } from "./rice";
import { Malformed, must, Reader } from "./reader";
import { keyAllowed, verify } from "./suite";

export interface Key { suite: number; bytes: Bytes }
export interface Role { threshold: number; keys: Key[] }
export interface Root { body: Bytes; sigs: Sig[]; version: number; epoch: number; expiry: number; name: string; root: Role; keys: Role; manifests: Role; lists: Role; all: Key[] }
export interface Entry { kid: string; key: Key; use: number; flagsMask: number; issuer: Issuer; day: number; from: number; until: number }
export interface Issuer { region: number; zh: string; en: string }
export interface Rule {
  id: number; level: number; forms: number; switches: number; assuranceMin: number; ageMin: number; ageMax: number; late: number; againAfter: number | null;
  staleBundle: number; staleStatus: number; onStale: number; record: number; flavour: number; accepted: number; capT2: number; capShort: number;
  retentionDays: number; region: number; slug: string; name: Pair; owner: Pair; purpose: Pair; sees: Pair; attributes: string[]; merged: number[];
}
export interface Site { site: number; scenario: number; region: number; name: Pair; checkers: Key[] }
export interface Pair { zh: string; en: string }
export interface List { size: number; revoked: Float64Array }
export interface Head { version: number; epoch: number; time: number; expiry: number; parts: { size: number; hash: Bytes }[]; body: Bytes; sigs: Sig[] }
export interface Bundle {
  head: Head; root: Root; entries: Map<string, Entry>; rules: Map<number, Rule>; sites: Map<number, Site>;
  lists: Map<number, List>; listsAsOf: number; urgent: Map<number, Float64Array>; urgentAsOf: number; withdrawnKids: Set<string>; hash: string; floor: Floor;
}
interface Sig { id: string; signature: Bytes }
interface RoleFloor { role: string; version: number }
interface SignerFloor { key_id: string; version: number; head: string; head_time: number; time: number }
/** What a gate keeps and never goes below; the JSON shape of the specification. */
export interface Floor {
  root_fingerprint: string; root_version: number; epoch: number;
  keys: RoleFloor; manifests: RoleFloor; signers: SignerFloor[];
}

export class BundleError extends Error {
  constructor(readonly reason: string) { super(reason); }
}
const refuse = (reason: string): never => { throw new BundleError(reason); };

const FILE_MAX = 54_525_952;
/** Bytes of root, keys, manifests, lists and urgent part. */
export const PART_SIZE_MAX = [65_536, 1_048_576, 8_388_608, 33_554_432, 8_388_608] as const;
const label = (name: string): Bytes => concat(utf8(name), Uint8Array.of(0));
const SIGNING = {
  head: label("yima.bundle.head.v1"), root: label("yima.bundle.root.v1"), keys: label("yima.bundle.keys.v1"), manifests: label("yima.bundle.manifests.v1"),
};
const KEY_LABEL = label("yima.key.v1");

export const newFloor = (fingerprint: string): Floor =>
  ({ root_fingerprint: fingerprint, root_version: 0, epoch: 0, keys: { role: "0".repeat(16), version: 0 }, manifests: { role: "0".repeat(16), version: 0 }, signers: [] });

const keyBytes = (key: Key): Bytes => concat(Uint8Array.of(key.suite), key.bytes);
const keyId = async (key: Key): Promise<string> => toHex((await sha256(KEY_LABEL, keyBytes(key))).subarray(0, 8));
const readKey = (r: Reader): Key => ({ suite: r.u8(), bytes: r.take(33) });

function rising<T>(values: T[], key: (value: T) => string | number, what = "not rising"): T[] {
  for (let i = 1; i < values.length; i++) must(key(values[i - 1] as T) < key(values[i] as T), what);
  return values;
}
const readSigs = (r: Reader): Sig[] =>
  rising(r.list(r.u8(), 16, () => ({ id: toHex(r.take(8)), signature: r.take(64) })), (s) => s.id);

async function roleName(role: Role): Promise<string> {
  const bytes = concat(Uint8Array.of(role.threshold, role.keys.length), ...role.keys.map(keyBytes));
  return toHex((await sha256(bytes)).subarray(0, 8));
}

/** Every signature by one of the roles and good, and each role's threshold reached. */
async function quorum(roles: Role[], sigs: Sig[], message: Bytes): Promise<void> {
  const known = new Map<string, Key>();
  const members = await Promise.all(roles.map(async (role) => {
    const ids = new Set<string>();
    for (const key of role.keys) { const id = await keyId(key); ids.add(id); known.set(id, key); }
    return ids;
  }));
  for (const sig of sigs) if (!known.has(sig.id)) refuse("unknown_signer");
  for (const sig of sigs) {
    const key = known.get(sig.id) as Key;
    if (!(await verify(key.suite, key.bytes, message, sig.signature))) refuse("bad_signature");
  }
  roles.forEach((role, i) => {
    if (sigs.filter((sig) => (members[i] as Set<string>).has(sig.id)).length < role.threshold) refuse("quorum");
  });
}

export function readHead(r: Reader): Head {
  const body = r.take(196);
  const h = new Reader(body);
  const version = h.u32(), epoch = h.u32(), time = h.u32(), expiry = h.u32();
  const parts = h.list(5, 5, () => ({ size: h.u32(), hash: h.take(32) }));
  return { version, epoch, time, expiry, parts, body, sigs: readSigs(r) };
}

async function readRole(r: Reader, least: number): Promise<Role> {
  const threshold = r.u8();
  const keys = r.list(r.u8(), 16, () => readKey(r));
  for (const key of keys) if (!(await keyAllowed(key.suite, key.bytes))) refuse("bad_key");
  rising(keys, (k) => toHex(keyBytes(k)));
  must(threshold <= keys.length && threshold >= least, "threshold");
  return { threshold, keys };
}

async function readRoot(r: Reader): Promise<Root> {
  const length = r.u16();
  const sigs = readSigs(r);
  const body = r.take(length);
  const b = new Reader(body);
  const version = b.u32(), epoch = b.u32(), expiry = b.u32(), name = b.text();
  must(version >= 1 && epoch >= 1, "root version");
  const root = await readRole(b, 3), keys = await readRole(b, 2), manifests = await readRole(b, 2), lists = await readRole(b, 1);
  const ledger = b.list(b.u8(), 2, () => readKey(b));
  for (const key of ledger) if (!(await keyAllowed(key.suite, key.bytes))) refuse("bad_key");
  const witnesses = await readRole(b, 0);
  b.end();
  const all = [root, keys, manifests, lists, { threshold: 0, keys: ledger }, witnesses].flatMap((role) => role.keys);
  must(new Set(all.map((k) => toHex(keyBytes(k)))).size === all.length, "a key stands in two roles");
  return { body, sigs, version, epoch, expiry, name, root, keys, manifests, lists, all };
}

async function readChain(part: Bytes): Promise<Root[]> {
  const r = new Reader(part);
  const count = r.u8();
  must(count >= 1 && count <= 16, "root count");
  const roots: Root[] = [];
  for (let i = 0; i < count; i++) roots.push(await readRoot(r));
  r.end();
  for (let i = 1; i < roots.length; i++) {
    const before = roots[i - 1] as Root, now = roots[i] as Root;
    if (now.version !== before.version + 1 || now.epoch < before.epoch) refuse("root_chain");
  }
  return roots;
}

async function trustedRoot(chain: Root[], floor: Floor): Promise<Root> {
  const newest = chain[chain.length - 1] as Root;
  let pinned: Root | undefined;
  for (const root of chain) if (toHex(await sha256(root.body)) === floor.root_fingerprint) pinned = root;
  if (!pinned) return refuse(newest.version < floor.root_version ? "root_rollback" : "root_unknown");
  if (floor.root_version !== 0 && pinned.version !== floor.root_version) refuse("root_unknown");
  for (let i = 0; i < chain.length; i++) {
    const root = chain[i] as Root;
    const roles = i === 0 ? [root.root] : [root.root, (chain[i - 1] as Root).root];
    await quorum(roles, root.sigs, concat(SIGNING.root, root.body));
  }
  return newest;
}

async function checkHeadFloor(head: Head, root: Root, floor: Floor): Promise<SignerFloor[]> {
  const hash = toHex(await sha256(head.body));
  const named = new Set(await Promise.all(root.lists.keys.map(keyId)));
  for (const before of floor.signers) {
    if (!named.has(before.key_id)) continue;
    if (head.epoch === floor.epoch) {
      if (head.version < before.version) refuse("version_rollback");
      if (head.version === before.version && before.head !== hash) refuse("equivocation");
    }
    if (head.time < before.head_time) refuse("time_rollback");
  }
  return head.sigs.map((sig) => {
    const earlier = floor.signers.find((s) => s.key_id === sig.id)?.time ?? 0;
    return { key_id: sig.id, version: head.version, head: hash, head_time: head.time, time: Math.max(head.time, earlier) };
  });
}

/** Highest of the clock and the floor's times of signers that the root still names. */
export async function floorTime(floor: Floor, root: Root): Promise<number> {
  const named = new Set(await Promise.all(root.lists.keys.map(keyId)));
  return floor.signers.filter((s) => named.has(s.key_id)).reduce((high, s) => Math.max(high, s.time), 0);
}

async function readKeysPart(part: Bytes, root: Root, head: Head, floor: Floor) {
  const r = new Reader(part);
  const sigs = readSigs(r);
  const body = r.rest();
  await quorum([root.keys], sigs, concat(SIGNING.keys, body));
  const b = new Reader(body);
  const version = b.u32();
  b.u32();
  const expiry = b.u32();
  const issuers = b.list(b.u8(), 255, () => ({ region: b.u32(), zh: b.text(), en: b.text() }));
  const entries = b.list(b.u16(), 4096, () => readEntry(b, issuers));
  b.end();
  must(version >= 1, "keys version");
  for (const entry of entries) if (!(await keyAllowed(entry.key.suite, entry.key.bytes))) refuse("bad_key");
  const role = await roleName(root.keys);
  if (floor.keys.role === role && version < floor.keys.version) refuse("keys_rollback");
  if (head.time > expiry || head.expiry > expiry) refuse("beyond_keys");
  for (let i = 1; i < entries.length; i++) if (entries[i - 1]?.kid === entries[i]?.kid) refuse("duplicate_kid");
  rising(entries, (e) => e.kid);
  const used = new Set(root.all.map((k) => toHex(keyBytes(k))));
  for (const { key } of entries) {
    const id = toHex(keyBytes(key));
    if (used.has(id)) refuse("key_reused");
    used.add(id);
  }
  return { entries: new Map(entries.map((e) => [e.kid, e])), floor: { role, version } };
}

function readEntry(b: Reader, issuers: Issuer[]): Entry {
  const kid = toHex(b.take(4)), key = readKey(b), use = b.u8(), flagsMask = b.u16(), index = b.u8(), day = b.u16(), from = b.u32(), until = b.u32();
  const issuer = issuers[index];
  must(issuer !== undefined && from < until && use >= 1 && use <= 3, "entry");
  must(use === 1 ? day > 0 && until - from <= 133_200 : day === 0, "entry window");
  return { kid, key, use, flagsMask, issuer, day, from, until };
}

function readRule(b: Reader): Rule {
  const id = b.u16(), level = b.u8(), forms = b.u8(), switches = b.u8(), assuranceMin = b.u8(), ageMin = b.i16(), ageMax = b.i16(), late = b.u32(), again = b.u32();
  const staleBundle = b.u32(), staleStatus = b.u32(), onStale = b.u8(), record = b.u8(), flavour = b.u8(), accepted = b.u16(), capT2 = b.u16(), capShort = b.u16();
  const retentionDays = b.u16(), region = b.u32(), slug = b.text();
  const pair = (): Pair => ({ zh: b.text(), en: b.text() });
  const name = pair(), owner = pair(), purpose = pair(), sees = pair();
  const attributes = b.list(b.u8(), 32, () => b.text());
  const merged = switches & 32 ? readMerged(b, id) : [];
  must(level <= 2 && forms < 32 && switches < 64 && onStale <= 1 && record <= 2 && flavour <= 3, "rule");
  const againAfter = again === 0xffffffff ? null : again;
  return { id, level, forms, switches, assuranceMin, ageMin, ageMax, late, againAfter, staleBundle, staleStatus, onStale, record, flavour, accepted, capT2, capShort, retentionDays, region, slug, name, owner, purpose, sees, attributes, merged };
}

/** One to eight other scenarios, strictly rising. */
function readMerged(b: Reader, own: number): number[] {
  const merged = rising(b.list(b.u8(), 8, () => b.u16()), (id) => id);
  must(merged.length > 0 && (merged[0] as number) > 0 && !merged.includes(own), "merged");
  return merged;
}

const ruleAllowed = (r: Rule): boolean =>
  r.forms !== 0 && (r.level === 0 || ((r.switches & 3) === 0 && r.late === 0 && r.merged.length === 0)) && r.late <= 172_800 && r.assuranceMin <= 3 &&
  r.ageMin >= -30 && r.ageMin <= 0 && r.ageMax >= 0 && r.ageMax <= 90;

/** Gates of one place whose keys a bundle names. */
const CHECKERS_MAX = 64;

function readSite(b: Reader): Site {
  const site = b.u32(), scenario = b.u16(), region = b.u32(), name = { zh: b.text(), en: b.text() };
  return { site, scenario, region, name, checkers: b.list(b.u8(), CHECKERS_MAX, () => readKey(b)) };
}

async function readManifests(part: Bytes, root: Root, floor: Floor) {
  const r = new Reader(part);
  const sigs = readSigs(r);
  const body = r.rest();
  await quorum([root.manifests], sigs, concat(SIGNING.manifests, body));
  const b = new Reader(body);
  const version = b.u32();
  b.u32();
  const rules = b.list(b.u16(), 1024, () => { const rule = readRule(b); return ruleAllowed(rule) ? rule : refuse("bad_rule"); });
  const sites = b.list(b.u32(), 65_536, () => readSite(b));
  b.end();
  for (const { checkers } of sites) {
    for (const key of checkers) if (!(await keyAllowed(key.suite, key.bytes))) refuse("bad_key");
    const names = checkers.map((key) => toHex(concat(Uint8Array.of(key.suite), key.bytes)));
    must(names.every((name, i) => i === 0 || (names[i - 1] as string) < name), "checkers");
  }
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  rising(rules, (rule) => rule.id);
  rising(sites, (site) => site.site);
  must(version >= 1 && rules.every((rule) => rule.id >= 1) && new Set(rules.map((rule) => rule.slug)).size === rules.length, "rules");
  must(sites.every((site) => site.site >= 1 && byId.has(site.scenario)), "sites");
  const role = await roleName(root.manifests);
  if (floor.manifests.role === role && version < floor.manifests.version) refuse("manifests_rollback");
  return { rules: byId, sites: new Map(sites.map((site) => [site.site, site])), floor: { role, version } };
}

export function readLists(part: Bytes) {
  const r = new Reader(part);
  const asOf = r.u32();
  const lists = new Map<number, List>();
  const count = r.u16();
  must(count <= 256, "too many lists");
  let before = -1, total = 0;
  for (let i = 0; i < count; i++) {
    const id = r.u16(), size = r.u32();
    must(id > before && size <= 16_777_216, "list");
    const { values, end } = decodeRice(part, r.at, { countMax: 4_194_304 - total, universe: size });
    total += values.length;
    r.at = end;
    before = id;
    lists.set(id, { size, revoked: values });
  }
  r.end();
  return { lists, asOf };
}

/** Key ids whose every code is refused. */
export const readKids = (r: Reader): string[] => rising(r.list(r.u16(), 4096, () => toHex(r.take(4))), (kid) => kid);

export function readUrgent(part: Bytes) {
  const r = new Reader(part);
  const asOf = r.u32();
  const kids = readKids(r);
  const days = new Map<number, Float64Array>();
  const count = r.u8();
  must(count <= 8, "too many days");
  let before = -1, total = 0;
  for (let i = 0; i < count; i++) {
    const day = r.u16();
    must(day > before, "day");
    const { values, end } = decodeRice(part, r.at, { countMax: 2_000_000 - total, universe: 2 ** 48 });
    total += values.length;
    r.at = end;
    before = day;
    days.set(day, values);
  }
  r.end();
  return { days, kids: new Set(kids), asOf };
}

async function openInOrder(file: Bytes, floor: Floor, now: number): Promise<Bundle> {
  if (file.length > FILE_MAX) refuse("too_large");
  const r = new Reader(file);
  must(equal(r.take(4), utf8("YMB1")), "magic");
  const head = readHead(r);
  if (head.parts.some((part, i) => part.size > (PART_SIZE_MAX[i] as number))) refuse("too_large");
  must(head.time <= head.expiry && head.version >= 1 && head.epoch >= 1, "head");
  must(head.parts.reduce((sum, part) => sum + part.size, 0) === r.left, "sizes");
  const parts = head.parts.map((part) => r.take(part.size));
  for (let i = 0; i < 5; i++) {
    if (!equal(await sha256(parts[i] as Bytes), (head.parts[i] as { hash: Bytes }).hash)) refuse("part_mismatch");
  }
  const root = await trustedRoot(await readChain(parts[0] as Bytes), floor);
  if (head.epoch !== root.epoch) refuse("epoch_mismatch");
  if (head.epoch < floor.epoch) refuse("epoch_rollback");
  await quorum([root.lists], head.sigs, concat(SIGNING.head, head.body));
  const signers = await checkHeadFloor(head, root, floor);
  const time = Math.max(now, await floorTime(floor, root));
  if (time > root.expiry || time > head.expiry) refuse("expired");
  const keys = await readKeysPart(parts[1] as Bytes, root, head, floor);
  const manifests = await readManifests(parts[2] as Bytes, root, floor);
  const lists = readLists(parts[3] as Bytes);
  const urgent = readUrgent(parts[4] as Bytes);
  must(lists.asOf <= head.time && urgent.asOf <= head.time, "as-of");
  const named = new Set(await Promise.all(root.lists.keys.map(keyId)));
  const kept = floor.signers.filter((s) => named.has(s.key_id) && !signers.some((n) => n.key_id === s.key_id));
  return {
    head, root, entries: keys.entries, rules: manifests.rules, sites: manifests.sites,
    lists: lists.lists, listsAsOf: lists.asOf, urgent: urgent.days, urgentAsOf: urgent.asOf, withdrawnKids: urgent.kids, hash: toHex(await sha256(file)),
    floor: {
      root_fingerprint: toHex(await sha256(root.body)), root_version: root.version, epoch: head.epoch,
      keys: keys.floor, manifests: manifests.floor, signers: [...kept, ...signers],
    },
  };
}

/** Opens `file` at `now` (Unix seconds) against `floor`; throws BundleError with the reason of the specification. */
export async function openBundle(file: Bytes, floor: Floor, now: number): Promise<Bundle> {
  try {
    return await openInOrder(file, floor, now);
  } catch (error) {
    if (error instanceof Malformed || error instanceof RiceError) return refuse("malformed");
    throw error;
  }
}

/** Fingerprint of the newest root in a file that nobody vouched for yet: what a new gate pins, and people compare. */
export async function peekFingerprint(file: Bytes): Promise<string> {
  const r = new Reader(file);
  must(equal(r.take(4), utf8("YMB1")), "magic");
  const head = readHead(r);
  const chain = await readChain(r.take((head.parts[0] as { size: number }).size));
  return toHex(await sha256((chain[chain.length - 1] as Root).body));
}

/** Raises a signer's time after a signed answer; null when no lists+time key of the root signed it. */
export async function timeSigner(root: Root, nonce: Bytes, ms: number, signature: Bytes): Promise<string | null> {
  if (nonce.length < 16 || nonce.length > 32) return null;
  const message = concat(label("yima.time.v1"), nonce, bigEndian(ms, 8));
  for (const key of root.lists.keys) if (await verify(key.suite, key.bytes, message, signature)) return keyId(key);
  return null;
}

const LAG_ALLOWED_S = 30;

/** Trusted time, or null when the clock was never set or is more than 30 s below what is known. */
export function trustedTime(notBefore: number, clock: number | null): number | null {
  return clock === null || clock + LAG_ALLOWED_S < notBefore ? null : Math.max(clock, notBefore);
}
