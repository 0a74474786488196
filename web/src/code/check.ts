// The check of a shown code, rule by rule in the one order of docs/spec/resident-code.md, written apart from the Rust one so that each can find the other's faults.
// Time, keys, lists and memory are arguments; nothing here knows who the holder is.
import { concat, readUint, toHex, type Bytes } from "./bytes";
import { contains } from "./rice";
import { CHALLENGE_OPEN_S } from "./challenge";
import { present, type Presented, type T1, type T2 } from "./present";
import type { Bundle, Entry, Rule } from "./bundle";
import type { Earlier, Seen, Showing } from "./seen";
import { keyAllowed, verify } from "./suite";
import { LABELS, type Flags } from "./token";

export interface Verdict {
  kind: "valid" | "refused" | "could_not_check"; reason: string | null; form: string | null; assurance: number; ageBand: number; benefit: number; acting: boolean;
  late: boolean; stale: boolean; repeated: boolean; skewMin: number;
}
export interface Card { standing: "good" | "revoked" | "unknown"; listAt: number }
export interface Context {
  scenario: number; site: number; rule: Rule;
  /** Trusted Unix seconds; null when the checker's clock can't be trusted. */
  now: number | null;
  entry: (kid: string) => { entry: Entry; withdrawn: boolean } | undefined;
  tokenWithdrawn: (id: Bytes) => boolean;
  card: (list: number, index: number) => Card;
  bundleAt: number | null; urgentAt: number | null;
  challenge: { short: string; at: number } | null;
  guardianAt: number | null;
}

const REPEAT_S = 10, GUARDIAN_S = 10, SKEW_NAMED_S = 600, LATE_MAX_S = 172_800, CARD_MONTHS_MAX = 12, CARD_REMEMBERED_S = 86_400;
const COULD_NOT = new Set(["unknown_form", "unknown_suite", "needs_online", "clock_untrusted", "bundle_missing", "bundle_stale", "unknown_kid", "status_stale", "confirmation_waits", "busy", "server_error"]);
const FORM_BIT: Record<string, number> = { T1: 2, T1c: 4, T0: 8, T2: 16 };
const NOTHING = { assurance: 0, ageBand: 0, benefit: 0, acting: false, late: false, stale: false, repeated: false, skewMin: 0 };

export const because = (reason: string, form: string | null, skewMin = 0): Verdict =>
  ({ ...NOTHING, kind: COULD_NOT.has(reason) ? "could_not_check" : "refused", reason, form, skewMin });

const valid = (form: string, flags: Flags, stale: boolean, late = false): Verdict =>
  ({ ...NOTHING, kind: "valid", reason: null, form, assurance: flags.assurance, ageBand: flags.ageBand, benefit: flags.benefit, acting: flags.acting, stale, late });

class Stop extends Error {
  constructor(readonly reason: string, readonly skewMin = 0) { super(reason); }
}
const stop = (reason: string, skewMin = 0): never => { throw new Stop(reason, skewMin); };

/** Checks digits that were scanned or typed, and remembers a code that is taken. */
export async function checkDigits(digits: string, context: Context, seen: Seen): Promise<Verdict> {
  const presented = present(digits);
  return "reason" in presented ? because(presented.reason, null) : check(presented, context, seen);
}

export async function check(presented: Presented, context: Context, seen: Seen): Promise<Verdict> {
  try {
    const ready = beforeKeys(presented.form, context);
    if (presented.form === "T0") return stop("needs_online");
    return presented.form === "T2" ? await checkPaper(presented, ready, seen) : await checkSigned(presented, ready, seen);
  } catch (error) {
    if (error instanceof Stop) return because(error.reason, presented.form, error.skewMin);
    throw error;
  }
}

interface Ready { c: Context; now: number; stale: boolean }

/** The rules that need no key entry: form, clock, age of the lists. */
function beforeKeys(form: string, c: Context): Ready {
  if (!(c.rule.forms & (FORM_BIT[form] as number))) stop("form_not_accepted");
  if (form === "T0") stop("needs_online");
  if (c.now === null) return stop("clock_untrusted");
  if (c.bundleAt === null) return stop("bundle_missing");
  const stale = since(c.now, c.bundleAt) > c.rule.staleBundle;
  if (stale && c.rule.onStale === 0) stop("bundle_stale");
  return { c, now: c.now, stale };
}

const since = (now: number, at: number): number => Math.max(0, now - at);
const isLow = (c: Context): boolean => c.rule.level === 0;
const switched = (c: Context, bit: number): boolean => (c.rule.switches & bit) !== 0;
const ANY_SCENARIO = 1, ANY_SITE = 2, ATTENDED = 4;

function issuerEntry(c: Context, kid: string, use: number, suite: number, flagBits: number): Entry {
  const found = c.entry(kid);
  if (!found || found.entry.use > 2) return stop("unknown_kid");
  if (found.withdrawn) stop("kid_withdrawn");
  if (found.entry.use !== use) stop("wrong_key_use");
  if (found.entry.key.suite !== suite) stop("suite_mismatch");
  if (flagBits & ~found.entry.flagsMask) stop("flags_not_allowed");
  return found.entry;
}

function holderSuits({ c, now }: Ready, flags: Flags): void {
  const { rule } = c;
  if (flags.assurance < rule.assuranceMin) stop("assurance_too_low");
  const disclosed = rule.flavour === 1 ? flags.ageBand : rule.flavour === 2 ? flags.benefit : 0;
  const given = rule.flavour === 0 || (rule.flavour === 3 ? flags.acting : disclosed > 0);
  if (!given) stop("flavour_needed");
  if (disclosed > 0 && rule.accepted !== 0 && !(rule.accepted & (1 << disclosed))) stop("not_entitled");
  const accompanied = c.guardianAt !== null && since(now, c.guardianAt) <= GUARDIAN_S;
  if (flags.acting && !switched(c, ATTENDED) && !accompanied) stop("guardian_needed");
}

/** The earlier verdict when the same showing comes again at once; refuses a replay; null when it may be taken again. */
function repeated(now: number, earlier: Earlier, showing: Showing, pause: number | null): Verdict | null {
  const e = earlier.showing;
  const same = e.form === showing.form && e.time === showing.time && e.scenario === showing.scenario && e.site === showing.site;
  if (same && since(now, earlier.at) <= REPEAT_S) return { ...earlier.verdict, repeated: true };
  if (pause !== null && since(now, earlier.at) >= pause) return null;
  return stop("replayed");
}

async function checkSigned(t: T1, ready: Ready, seen: Seen): Promise<Verdict> {
  const { c, now } = ready;
  const entry = issuerEntry(c, t.kid, 1, t.issuerSuite, t.flagBits);
  const late = dayHolds(ready, entry, t.day);
  timeHolds(ready, t.time);
  placeHolds(c, t);
  holderSuits(ready, t.flags);
  if (t.form === "T1" && !isLow(c)) stop("challenge_needed");
  const key = `t:${toHex(t.id)}`;
  const showing = { form: t.form, time: t.time, scenario: t.scenario, site: t.site };
  const earlier = seen.earlier(key, now);
  const again = earlier && repeated(now, earlier, showing, c.rule.againAfter);
  if (again) return again;
  challengeHolds(ready, t, seen);
  const stale = urgentStale(ready) || ready.stale;
  if (c.tokenWithdrawn(t.id)) stop("withdrawn");
  await signaturesHold(t, entry);
  const verdict = valid(t.form, t.flags, stale, late);
  const kept = { showing, at: now, timesToday: 1, verdict, until: entry.until + LATE_MAX_S };
  if (!seen.remember(key, kept, now)) stop("busy");
  if (t.challenge !== null && !seen.remember(`c:${t.challenge}`, { ...kept, until: now + 2 * CHALLENGE_OPEN_S }, now)) stop("busy");
  return verdict;
}

const EPOCH = 1_577_836_800 - 8 * 3600;
const opensAt = (day: number): number => EPOCH + day * 86_400 + 3 * 3600;

function dayHolds({ c, now }: Ready, entry: Entry, day: number): boolean {
  if (opensAt(day) !== entry.from) stop("wrong_day");
  if (now < entry.from) stop("not_yet_valid");
  if (now < entry.until) return false;
  const allowed = isLow(c) ? Math.min(c.rule.late, LATE_MAX_S) : 0;
  return now - entry.until < allowed ? true : stop("expired");
}

function timeHolds({ c, now }: Ready, time: number): void {
  const age = now - time;
  const fast = age < Math.max(c.rule.ageMin, -30), slow = age > Math.min(c.rule.ageMax, 90);
  if (!fast && !slow) return;
  if (Math.abs(age) > SKEW_NAMED_S) stop(fast ? "not_yet_valid" : "stale_code");
  const minutes = Math.max(1, Math.floor((Math.abs(age) + 30) / 60));
  stop(fast ? "clock_fast" : "clock_slow", fast ? minutes : -minutes);
}

function placeHolds(c: Context, t: T1): void {
  const anyScenario = t.scenario === 0 && switched(c, ANY_SCENARIO) && isLow(c);
  if (t.scenario !== c.scenario && !anyScenario) stop("wrong_scenario");
  const anySite = t.site === 0 && switched(c, ANY_SITE) && isLow(c);
  if (t.site !== c.site && !anySite) stop("wrong_site");
}

function challengeHolds({ c, now }: Ready, t: T1, seen: Seen): void {
  if (t.challenge === null) return;
  if (!c.challenge || c.challenge.short !== t.challenge) return stop("challenge_wrong");
  if (since(now, c.challenge.at) > CHALLENGE_OPEN_S) stop("challenge_expired");
  if (seen.earlier(`c:${t.challenge}`, now)) stop("challenge_wrong");
}

function urgentStale({ c, now }: Ready): boolean {
  const stale = c.urgentAt === null || since(now, c.urgentAt) > c.rule.staleStatus;
  return stale && c.rule.onStale === 0 ? stop("status_stale") : stale;
}

async function signaturesHold(t: T1, entry: Entry): Promise<void> {
  const issuer = concat(LABELS.t1Issuer, t.issuerSigned);
  if (!(await verify(entry.key.suite, entry.key.bytes, issuer, t.issuerSignature))) stop("bad_issuer_signature");
  const label = t.form === "T1c" ? LABELS.t1cHolder : LABELS.t1Holder;
  if (!(await keyAllowed(t.holderSuite, t.holderKey))) stop("bad_holder_signature");
  if (!(await verify(t.holderSuite, t.holderKey, concat(label, t.holderSigned), t.holderSignature))) stop("bad_holder_signature");
}

/** Months since January 2020 in the issuer's civil time. */
export function monthOf(at: number): number {
  const local = new Date((at + 8 * 3600) * 1000);
  return (local.getUTCFullYear() - 2020) * 12 + local.getUTCMonth();
}
const civilDay = (at: number): number => Math.floor((at - EPOCH) / 86_400);

async function checkPaper(t: T2, ready: Ready, seen: Seen): Promise<Verdict> {
  const { c, now } = ready;
  if (!isLow(c)) stop("form_not_accepted");
  const entry = issuerEntry(c, t.kid, 2, t.issuerSuite, t.flagBits);
  if (now < entry.from) stop("not_yet_valid");
  if (now >= entry.until) stop("expired");
  if (t.expiry < monthOf(now)) stop("card_expired");
  if (t.expiry > monthOf(now) + CARD_MONTHS_MAX) stop("not_yet_valid");
  holderSuits(ready, t.flags);
  const key = `p:${t.kid}:${t.list}:${t.index}`;
  const showing = { form: "T2", time: 0, scenario: 0, site: 0 };
  const earlier = seen.earlier(key, now);
  const again = earlier && repeated(now, earlier, showing, c.rule.againAfter ?? (c.rule.capT2 > 0 ? 0 : null));
  if (again) return again;
  const before = earlier && civilDay(earlier.at) === civilDay(now) ? earlier.timesToday : 0;
  if (c.rule.capT2 > 0 && before >= c.rule.capT2) stop("cap_reached");
  const card = c.card(t.list, t.index);
  if (card.standing === "revoked") stop("card_revoked");
  if (card.standing === "unknown" || since(now, card.listAt) > c.rule.staleStatus) stop("status_stale");
  if (!(await verify(entry.key.suite, entry.key.bytes, concat(LABELS.t2Issuer, t.issuerSigned), t.issuerSignature))) stop("bad_issuer_signature");
  const verdict = valid("T2", t.flags, ready.stale);
  const until = now + Math.max(c.rule.againAfter ?? 0, CARD_REMEMBERED_S);
  if (!seen.remember(key, { showing, at: now, timesToday: before + 1, verdict, until }, now)) stop("busy");
  return verdict;
}

/** The context that a bundle gives to a checker standing at a site. */
export function contextOf(bundle: Bundle, site: number, scenario: number, now: number | null): Context | null {
  const rule = bundle.rules.get(scenario);
  if (!rule) return null;
  const days = [...bundle.urgent.values()];
  return {
    scenario, site, rule, now, challenge: null, guardianAt: null,
    entry: (kid) => { const entry = bundle.entries.get(kid); return entry && { entry, withdrawn: bundle.withdrawnKids.has(kid) }; },
    tokenWithdrawn: (id) => { const top = readUint(id, 0, 6); return days.some((values) => contains(values, top)); },
    card: (list, index) => {
      const found = bundle.lists.get(list);
      const standing = !found || index >= found.size ? "unknown" : contains(found.revoked, index) ? "revoked" : "good";
      return { standing, listAt: bundle.listsAsOf };
    },
    bundleAt: now !== null && now > bundle.head.expiry ? 0 : bundle.head.time, urgentAt: bundle.urgentAsOf,
  };
}
