// The gate behind the page: signs in with its key, keeps bundle and time, answers for a code online or offline, and uploads what it admitted.
// It knows no markup; the rules of a check live in src/code.
import { concat, fromB64, random, toB64, toHex, utf8, type Bytes } from "../code/bytes";
import { BundleError, floorTime, newFloor, openBundle, peekFingerprint, timeSigner, trustedTime, type Bundle, type Rule } from "../code/bundle";
import { challengeDigits, CHALLENGE_OPEN_S, makeChallenge, type Challenge } from "../code/challenge";
import { because, checkDigits, contextOf } from "../code/check";
import { fromDigits } from "../code/digits";
import { also } from "../code/merge";
import { sealRecord } from "../code/record";
import { challengeHash, LABELS } from "../code/token";
import { Seen } from "../code/seen";
import { asProblem, noNetwork, readProblem } from "../shared/problem";
import { say, type Both } from "../shared/words";
import type { ResolveAnswer, Scenarios, SyncAnswer, TimeAnswer, Verdict } from "../api/types";
import { API, call } from "../device/api";
import { browserTicks, Clock, type Offset } from "../device/clock";
import { makeKey, signWith, type DeviceKey } from "../device/keys";
import { newestBundle } from "./newest";
import { worded } from "./reasons";
import { CheckStore, type Kept, type Parcel, type Passed, type Waiting } from "./store";

export interface Snapshot {
  phase: "loading" | "sign" | "ready"; online: boolean; demo: boolean; sync: SyncAnswer | null; bundleAt: number | null; version: number; rule: Rule | null; place: Both;
  fingerprint: string; clockSet: boolean; spool: number; passed: Passed[]; challenge: Challenge | null; wrong: string;
}
export interface Answer { verdict: Verdict; online: boolean; repeated: boolean; stale: boolean; digits: string }

const SYNC_MS = 60_000;
const ONLINE_WAIT_MS = 3_000;
const UPLOAD_ROWS_MAX = 1_000;
const LATE_MIN_S = 300, LATE_SPREAD_S = 3_300;

export class Gate {
  private listeners = new Set<() => void>();
  private store!: CheckStore;
  private key = "";
  private kept: Kept | null = null;
  private bundle: Bundle | null = null;
  private guardianAt: number | null = null;
  /** This checker's own key: made here, never extractable; it signs challenges once it is registered. */
  private own: DeviceKey | null = null;
  private keyTold = false;
  private busy: Promise<void> | null = null;
  clock = new Clock(browserTicks, undefined);
  seen = new Seen(200_000, (key, earlier) => { void this.store.saveSeen(key, earlier); });
  snapshot: Snapshot = {
    phase: "loading", online: navigator.onLine, demo: false, sync: null, bundleAt: null, version: 0, rule: null, place: { zh: "", en: "" }, fingerprint: "", clockSet: false,
    spool: 0, passed: [], challenge: null, wrong: "",
  };

  subscribe(tell: () => void): () => void { this.listeners.add(tell); return () => { this.listeners.delete(tell); }; }
  private change(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    for (const tell of this.listeners) tell();
  }

  async start(): Promise<void> {
    this.store = await CheckStore.open();
    const linked = /[#&]gate=(ygk_[\w-]+)/.exec(location.hash)?.[1];
    if (linked) history.replaceState(null, "", location.pathname);
    const [key, offset, sync, kept, passed, demo] = await Promise.all([
      this.store.get<string>("key"), this.store.get<Offset>("offset"), this.store.get<SyncAnswer>("sync"), this.store.get<Kept>("bundle"), this.store.passed(), this.store.get<boolean>("demo"),
    ]);
    if (sync) this.own = (await this.store.get<DeviceKey>(`own:${sync.gate}`)) ?? null;
    this.clock = new Clock(browserTicks, offset);
    for (const { key: name, earlier } of await this.store.seen()) this.seen.restore(name, earlier);
    this.kept = kept ?? null;
    await this.reopen();
    this.change({ sync: sync ?? null, passed, demo: demo ?? false, clockSet: this.clock.saved.verified, spool: (await this.store.waiting()).length });
    this.placeHere();
    addEventListener("online", () => { void this.sync(); });
    addEventListener("offline", () => this.change({ online: false }));
    setInterval(() => { void this.sync(); }, SYNC_MS);
    if (linked && linked !== key) await this.signIn(linked);
    else if (key) { this.key = key; this.change({ phase: "ready" }); await this.sync(); }
    else this.change({ phase: "sign" });
  }

  async signIn(key: string): Promise<void> {
    this.key = key.trim();
    this.change({ wrong: "" });
    try {
      await this.syncOnce();
      await this.store.set("key", this.key);
      this.change({ phase: "ready" });
      void navigator.storage?.persist?.();
    } catch (error) {
      this.change({ phase: "sign", wrong: asProblem(error).words });
    }
  }

  async leave(): Promise<void> {
    await this.upload(true).catch(() => undefined);
    // The gate's own key stays: it can't be taken out, and without it this very gate could not be set up here again.
    const kept = `own:${this.snapshot.sync?.gate ?? ""}`;
    const own = await this.store.get<DeviceKey>(kept);
    await this.store.erase();
    if (own) await this.store.set(kept, own);
    location.reload();
  }

  private async ask<T>(path: string, body: unknown, waitMs = 12_000): Promise<T> {
    const headers = { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" };
    const response = await fetch(API + path, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(waitMs) }).catch(() => { throw noNetwork(); });
    if (!response.ok) throw await readProblem(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  sync(): Promise<void> {
    this.busy ??= this.syncOnce().catch((error: unknown) => {
      const problem = asProblem(error);
      this.change({ online: false, wrong: problem.code === "no_network" ? "" : problem.words });
    }).finally(() => { this.busy = null; });
    return this.busy;
  }

  private async syncOnce(): Promise<void> {
    const said = { bundle_version: this.kept?.version ?? 0, spool: (await this.store.waiting()).length, clock_at: this.clock.at() };
    const sync = await this.ask<SyncAnswer>("/gates/sync", said);
    await this.store.set("sync", sync);
    this.change({ sync, online: true, wrong: "" });
    void call<Scenarios>("GET", "/scenarios").then((s) => { this.change({ demo: s.demo }); return this.store.set("demo", s.demo); }).catch(() => undefined);
    // A gate that could not get a bundle still checks online, and says what it lacks.
    await this.fetchBundle().then(() => this.setClock()).catch((error: unknown) => {
      if (asProblem(error).code === "no_network") throw error;
      if (error instanceof BundleError) this.change({ wrong: say({ zh: `新的核验包没有用（${error.reason}），手上的不变`, en: `The new bundle was refused (${error.reason}); the one in use stays` }) });
    });
    await this.tellKey(sync).catch((error: unknown) => { if (asProblem(error).code === "no_network") throw error; });
    await this.dropOldSeen();
    await this.upload(false);
  }

  /** Fetches the bundle when there is a newer one; it is used only after floor and file are durably kept. */
  async fetchBundle(): Promise<void> {
    const newest = await newestBundle(this.kept);
    if (newest) await this.takeBundle(newest.file, newest.etag);
  }

  async takeBundle(file: Bytes, etag = ""): Promise<void> {
    const floor = this.kept?.floor ?? newFloor(await peekFingerprint(file));
    const bundle = await openBundle(file, floor, this.clock.saved.verified ? this.clock.at() : 0);
    const kept: Kept = { floor: bundle.floor, file, version: bundle.head.version, etag };
    await this.store.set("bundle", kept);
    this.kept = kept;
    this.bundle = bundle;
    this.placeHere();
  }

  /** At start the kept file is opened again; one that has expired since still serves to say so. */
  private async reopen(): Promise<void> {
    if (!this.kept) return;
    try { this.bundle = await openBundle(this.kept.file, this.kept.floor, 0); } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      this.bundle = await openBundle(this.kept.file, newFloor(this.kept.floor.root_fingerprint), 0).catch(() => null);
    }
  }

  private placeHere(): void {
    const { sync } = this.snapshot;
    const site = sync ? this.bundle?.sites.get(sync.site) : undefined;
    const rule = sync ? (this.bundle?.rules.get(sync.scenario_id) ?? null) : null;
    this.change({ bundleAt: this.bundle?.head.time ?? null, version: this.kept?.version ?? 0, rule, place: site?.name ?? rule?.name ?? { zh: "", en: "" }, fingerprint: this.kept?.floor.root_fingerprint ?? "" });
  }

  private async setClock(): Promise<void> {
    if (!this.bundle || !this.kept) return;
    const nonce = random(16);
    const sent = performance.now();
    const answer = await call<TimeAnswer>("GET", `/time?nonce=${toB64(nonce)}`);
    const signer = await timeSigner(this.bundle.root, nonce, answer.server_ms, fromB64(answer.signature));
    if (!signer) return;
    await this.store.set("offset", this.clock.learn(answer.server_ms, sent, true));
    const floor = this.kept.floor;
    const signers = floor.signers.map((s) => (s.key_id === signer ? { ...s, time: Math.max(s.time, Math.floor(answer.server_ms / 1000)) } : s));
    this.kept = { ...this.kept, floor: { ...floor, signers } };
    await this.store.set("bundle", this.kept);
    this.change({ clockSet: true });
  }

  private async now(): Promise<number | null> {
    if (!this.kept || !this.bundle) return this.clock.saved.verified ? this.clock.at() : null;
    const notBefore = Math.max(await floorTime(this.kept.floor, this.bundle.root), this.bundle.head.time);
    return trustedTime(notBefore, this.clock.saved.verified ? this.clock.at() : null);
  }

  /** Makes this checker's key at its first sync, and registers it until the bundle names it. A refusal is no fault of the holder: challenges then go unvouched. */
  private async tellKey(sync: SyncAnswer): Promise<void> {
    const kept = `own:${sync.gate}`;
    this.own = (await this.store.get<DeviceKey>(kept)) ?? null;
    if (!this.own) {
      this.own = await makeKey();
      await this.store.set(kept, this.own);
    }
    const mine = toHex(this.own.publicKey);
    const named = this.bundle?.sites.get(sync.site)?.checkers.some((key) => toHex(key.bytes) === mine) ?? false;
    if (named || this.keyTold) return;
    this.keyTold = true;
    const proof = await signWith(this.own.privateKey)(concat(LABELS.checkerKey, utf8(sync.gate), Uint8Array.of(1), this.own.publicKey));
    await this.ask("/gates/key", { suite: "ES256", public_key: toB64(this.own.publicKey), proof: toB64(proof) }).catch((error: unknown) => {
      if (asProblem(error).code === "no_network") this.keyTold = false;
      throw error;
    });
  }
  private async dropOldSeen(): Promise<void> {
    const over = this.seen.forgetUntil(this.clock.at() - 3600);
    if (over.length) await this.store.dropSeen(over);
  }

  /** A new challenge for the next holder; the one before is void. */
  async newChallenge(): Promise<void> {
    const { sync } = this.snapshot;
    const sign = this.own ? signWith(this.own.privateKey) : undefined;
    this.change({ challenge: sync ? await makeChallenge(sync.scenario_id, sync.site, this.clock.at(), random(8), sign) : null });
  }
  challengeDigits(): string | null {
    const { challenge } = this.snapshot;
    return challenge && this.clock.at() - challenge.at < CHALLENGE_OPEN_S ? challengeDigits(challenge) : null;
  }
  /** Scenarios above low want an answer to a challenge. */
  wantsChallenge(): boolean { const { rule } = this.snapshot; return rule !== null && rule.level > 0 && (rule.forms & 4) !== 0; }

  async check(digits: string): Promise<Answer> {
    const online = navigator.onLine ? await this.checkOnline(digits) : null;
    const answer = online ?? (await this.checkOffline(digits));
    const { verdict } = answer;
    // The holder was asked on the phone: nothing has happened yet that a list could hold.
    if (verdict.confirmation) return answer;
    if (verdict.verdict === "valid" && !verdict.acting && !answer.repeated) this.guardianAt = verdict.at;
    const passed: Passed = { at: verdict.at, verdict: verdict.verdict, reason: verdict.reason, form: verdict.form, online: answer.online };
    if (!answer.repeated) {
      await this.store.addPassed(passed);
      this.change({ passed: [...this.snapshot.passed, passed] });
    }
    if (this.snapshot.challenge && verdict.form === "T1c") await this.newChallenge();
    return answer;
  }

  /** What this office may know of the holder behind a receipt, its own bound card among it. */
  resolve(receipt: string): Promise<ResolveAnswer> { return this.ask("/codes/resolve", { receipt, attributes: [] }); }
  bind(receipt: string, card: string): Promise<unknown> { return this.ask("/bindings", { receipt, card }); }
  unbind(card: string): Promise<unknown> { return this.ask("/bindings/unbind", { card }); }

  private async checkOnline(digits: string): Promise<Answer | null> {
    const { challenge } = this.snapshot;
    const body = challenge && digits.startsWith("2") ? { digits, challenge: toB64(challenge.bytes) } : { digits };
    try {
      const verdict = await this.ask<Verdict>("/codes/check", body, ONLINE_WAIT_MS);
      this.change({ online: true });
      return { verdict, online: true, repeated: false, stale: false, digits };
    } catch (error) {
      const problem = asProblem(error);
      this.change({ online: problem.code !== "no_network" });
      return null;
    }
  }

  private async checkOffline(digits: string): Promise<Answer> {
    const { sync, challenge } = this.snapshot;
    const now = await this.now();
    const at = now ?? this.clock.at();
    const scenario = sync?.scenario ?? "";
    const done = (decided: ReturnType<typeof because>): Answer =>
      ({ verdict: this.withMeanings(worded(decided, scenario, at), decided.stale), online: false, repeated: decided.repeated, stale: decided.stale, digits });
    if (/^(\d{8}|\d{12})$/.test(digits)) return done(because("needs_online", "short"));
    const context = this.bundle && sync ? contextOf(this.bundle, sync.site, sync.scenario_id, now) : null;
    if (!context) return done(because("bundle_missing", null));
    context.challenge = challenge && { short: toHex(await challengeHash(challenge.bytes)), at: challenge.at };
    context.guardianAt = this.guardianAt;
    const decided = await checkDigits(digits, context, this.seen);
    if (!decided.repeated) await this.spool(digits, decided, at, context.rule);
    return done(decided);
  }

  /** The further meanings that a verdict has here by the bundle's rules, as the server adds them online. */
  private withMeanings(verdict: Verdict, stale: boolean): Verdict {
    const { rule } = this.snapshot;
    const carried = rule && this.bundle ? also({ ...verdict, stale }, rule, this.bundle.rules) : [];
    return carried.length ? { ...verdict, also: carried.map(({ slug, name }) => ({ scenario: slug, name })) } : verdict;
  }
  /** Does this office bind a card of its own? */
  binds(): boolean { return this.snapshot.rule?.attributes.includes("binding") ?? false; }

  /** Writes what happened offline down before anybody is told, in the record class that the manifest chose. */
  private async spool(digits: string, decided: ReturnType<typeof because>, at: number, rule: Rule): Promise<void> {
    const waiting: Waiting = {
      dueAt: at + LATE_MIN_S + (new DataView(random(4).buffer).getUint32(0) % LATE_SPREAD_S),
      counted: { hour_at: Math.floor(at / 3600) * 3600, form: decided.form ?? "", verdict: decided.kind, reason: decided.reason ?? "" },
    };
    const code = fromDigits(digits);
    if (decided.kind === "valid" && rule.record === 1 && "form" in code && (decided.form === "T1" || decided.form === "T1c")) {
      const sealed = await sealRecord(code.bytes, { site: this.snapshot.sync?.site ?? 0, scenario: rule.id, at });
      waiting.sealed = { tag: toB64(sealed.tag), nonce: toB64(sealed.nonce), body: toB64(sealed.body) };
    }
    if (rule.record === 2 && decided.kind !== "could_not_check" && "form" in code) waiting.named = { digits, at, verdict: decided.kind, reason: decided.reason ?? "" };
    await this.store.addWaiting(waiting);
    this.change({ spool: this.snapshot.spool + 1 });
  }

  /** Uploads what is due (all of it when told so), under a batch id that is kept until the server has acknowledged it. */
  async upload(all: boolean): Promise<void> {
    const old = await this.store.get<Parcel>("parcel");
    if (old) await this.send(old);
    const at = this.clock.at();
    const due = (await this.store.waiting()).filter((w) => all || !w.sealed || w.dueAt <= at).slice(0, UPLOAD_ROWS_MAX);
    if (due.length) {
      const parcel = pack(due);
      await this.store.set("parcel", parcel);
      await this.send(parcel);
    }
    this.change({ spool: (await this.store.waiting()).length });
  }

  private async send(parcel: Parcel): Promise<void> {
    await this.ask("/gates/uploads", parcel.body);
    await this.store.dropWaiting(parcel.ids);
    await this.store.remove("parcel");
  }

  scenarioName(id: number): string { const rule = this.bundle?.rules.get(id); return rule ? say(rule.name) : ""; }

  async endShift(): Promise<void> { await this.store.endShift(); this.change({ passed: [] }); }
}

function pack(due: Waiting[]): Parcel {
  const counts = new Map<string, { row: Waiting["counted"]; n: number }>();
  for (const { counted } of due) {
    const key = JSON.stringify(counted);
    counts.set(key, { row: counted, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  const batchId = toB64(random(16));
  const sealed = shuffle(due.flatMap((w) => (w.sealed ? [w.sealed] : [])));
  const named = due.flatMap((w) => (w.named ? [w.named] : []));
  const counted = [...counts.values()].map(({ row, n }) => ({ ...row, n }));
  return { batchId, ids: due.map((w) => w.id as number), body: { batch_id: batchId, counted, sealed, named } };
}

function shuffle<T>(items: T[]): T[] {
  const draws = new Uint32Array(items.length);
  crypto.getRandomValues(draws);
  return items.map((item, i) => ({ item, order: draws[i] as number })).sort((a, b) => a.order - b.order).map(({ item }) => item);
}

