// The resident's session: who this device is, what it may show now, and keeping it supplied while there is a network.
// It knows no markup; pages read its snapshot and call its deeds.
import { toB64, toHex, type Bytes } from "../code/bytes";
import type { Challenge } from "../code/challenge";
import { toDigits, type Form } from "../code/digits";
import { recordTag } from "../code/record";
import { ES256 } from "../code/suite";
import { challengeHash, makeT0, makeT1, makeT1c, type Where } from "../code/token";
import { asProblem, type Problem } from "../shared/problem";
import type { Both } from "../shared/words";
import type { Binding, CheckIn, Confirmation, Confirmations, Consent, DeviceHome, DrawAnswer, Enrolled, RecordPage, ResolveCounts, Scenario, Scenarios, ShortNumber, Site } from "../api/types";
import { call, type Signer } from "../device/api";
import { Batch, disclosed, PLAIN, type Disclosure, type Need } from "../device/batch";
import { browserTicks, Clock, type Offset } from "../device/clock";
import { makeKey, signWith } from "../device/keys";
import { DeviceStore, type Identity, type Token } from "../device/store";
import type { Trust } from "../device/trust";

export interface Place { site: number; name: { zh: string; en: string }; scenario: string; until: number }
export interface Snapshot {
  phase: "loading" | "enrol" | "ready"; demo: boolean; online: boolean; identity: Identity | null; home: DeviceHome | null; scenarios: Scenario[];
  left: number; leftUntil: number; minutesSlow: number; timeVerified: boolean; scenario: string; place: Place | null; problem: Problem | null; drawing: boolean; ended: boolean;
  /** A recovery did not keep this phone by name: it may stop that, and nothing else. */
  paused: boolean; carrying: boolean;
  acting: Acting | null; family: Acting[];
}
/** Somebody for whom this device may show codes: a mandate, and their masked name. */
export interface Acting { id: string; name: string; kind: string }
/** Why a plain code is shown where the place needs more: none of that kind is held, or another one. */
export interface Lacking { flavour: string; accepted: readonly number[]; held: readonly number[] }
/** `says` is the age band or benefit that the code discloses, 0 for none. */
export interface Showing { form: Form; digits: string; signedAt: number; reused: boolean; late: boolean; flavour: string; says: number; lacking: Lacking | null }
export const RENEW_S = 30;
const KEEP_SHOWN_S = 30 * 86400;
const SYNC_MS = 240_000;

export class Session {
  private listeners = new Set<() => void>();
  private store!: DeviceStore;
  private batch!: Batch;
  private familyBatch: Batch | null = null;
  clock = new Clock(browserTicks, undefined);
  private syncing: Promise<void> | null = null;
  private reached = navigator.onLine;
  /** The challenge of a screen that asks to be signed in, as it was read last. */
  screen: { challenge: Challenge; digits: string } | null = null;
  snapshot: Snapshot = {
    phase: "loading", demo: false, online: navigator.onLine, identity: null, home: null, scenarios: [], left: 0, leftUntil: 0,
    minutesSlow: 0, timeVerified: false, scenario: "any", place: null, problem: null, drawing: false, ended: false, paused: false, carrying: true, acting: null, family: [],
  };

  subscribe(tell: () => void): () => void { this.listeners.add(tell); return () => { this.listeners.delete(tell); }; }
  private change(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    for (const tell of this.listeners) tell();
  }

  async start(): Promise<void> {
    this.store = await DeviceStore.open();
    this.batch = new Batch(this.store);
    const [acting, family] = await Promise.all([this.store.get<Acting | null>("acting"), this.store.get<Acting[]>("family")]);
    await this.turnTo(acting ?? null);
    const [identity, offset, home, list, scenario, carrying, paused] = await Promise.all([
      this.store.get<Identity>("identity"), this.store.get<Offset>("offset"), this.store.get<DeviceHome>("home"),
      this.store.get<Scenarios>("scenarios"), this.store.get<string>("scenario"), this.store.get<boolean>("carrying"), this.store.get<boolean>("paused"), this.batch.load(),
    ]);
    this.clock = new Clock(browserTicks, offset);
    this.change({
      phase: identity ? "ready" : "enrol", identity: identity ?? null, home: home ?? null, scenarios: list?.scenarios ?? [], demo: list?.demo ?? false,
      scenario: scenario ?? "any", carrying: carrying ?? true, paused: paused ?? false, acting: acting ?? null, family: family ?? [], ...this.supply(),
    });
    addEventListener("online", () => { void this.sync(); });
    addEventListener("offline", () => this.change({ online: false }));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") void this.sync(); });
    setInterval(() => { if (document.visibilityState === "visible") void this.sync(); }, SYNC_MS);
    await this.sync();
  }

  private supply(): Partial<Snapshot> {
    const at = this.clock.at();
    const fresh = this.shown.fresh(at, "T1", this.familyBatch ? "acting" : "plain");
    return {
      left: fresh.length, leftUntil: fresh.reduce((latest, token) => Math.max(latest, token.until), 0),
      minutesSlow: this.clock.minutesSlow(), timeVerified: this.clock.saved.verified,
    };
  }

  /** The codes that are shown: one's own, or somebody else's under a mandate. */
  private get shown(): Batch { return this.familyBatch ?? this.batch; }
  private async turnTo(acting: Acting | null): Promise<void> {
    this.familyBatch = acting ? new Batch(this.store, acting.id) : null;
    await this.familyBatch?.load();
  }
  /** Whose code this device shows: one's own for null. */
  async actFor(acting: Acting | null): Promise<void> {
    await this.turnTo(acting);
    await this.store.set("acting", acting);
    this.lastToken = undefined;
    this.change({ acting, ...this.supply() });
    await this.sync();
  }
  /** For whom this device may show codes, as it was seen last. */
  async knowFamily(family: Acting[]): Promise<void> {
    await this.store.set("family", family);
    this.change({ family });
    const { acting } = this.snapshot;
    if (acting && !family.some((one) => one.id === acting.id)) await this.actFor(null);
  }

  private signer(): Signer {
    const identity = this.snapshot.identity as Identity;
    return { keyId: identity.deviceId, sign: signWith(identity.key.privateKey), at: () => this.clock.at() };
  }

  /** Asks the server as this device; a clock problem is answered by checking the time and asking once more. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await call<T>(method, path, body, this.signer());
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "clock" && (await this.checkTime())) return call<T>(method, path, body, this.signer());
      // An ended device and an unknown one look the same; nothing is deleted before the resident says so.
      if (problem.code === "not_signed") this.change({ ended: true });
      if (problem.code === "phone_suspended") await this.pause(true);
      throw problem;
    }
  }

  sync(): Promise<void> {
    this.syncing ??= this.syncNow().finally(() => { this.syncing = null; });
    return this.syncing;
  }

  private async syncNow(): Promise<void> {
    try {
      const list = await call<Scenarios>("GET", "/scenarios");
      this.reached = true;
      await this.store.set("scenarios", list);
      this.change({ online: true, scenarios: list.scenarios, demo: list.demo });
      if (!this.snapshot.identity) return;
      await this.checkTime();
      const home = await this.ask<DeviceHome>("GET", "/device");
      await this.store.set("home", home);
      await this.pause(false);
      await this.follow(home);
      this.change({ home, problem: null, ended: false });
      await this.resupply(home);
      await this.tidy();
    } catch (error) {
      const problem = asProblem(error);
      this.reached = problem.code !== "no_network";
      this.change({ online: this.reached, problem: problem.code === "no_network" ? null : problem, ...this.supply() });
    }
  }

  /** Known without a network too: a gate that has the newest bundle refuses this phone's codes. */
  private async pause(paused: boolean): Promise<void> {
    if (paused === this.snapshot.paused) return;
    await this.store.set("paused", paused);
    this.change({ paused });
  }

  /** A phone that goes on after a recovery was stopped goes on in another slot: what it drew before, for others too, is withdrawn. */
  private async follow(home: DeviceHome): Promise<void> {
    const { identity } = this.snapshot;
    const slot = home.devices.find((one) => one.this)?.slot;
    if (!identity || slot === undefined || slot === identity.slot) return;
    await (await import("../device/family")).forgetCodes(this.store, { ...identity, slot });
    // Nothing of before stays in memory.
    location.reload();
  }

  private async resupply(home: DeviceHome): Promise<void> {
    if (home.state !== "active") return;
    const wanted = await this.batch.wanted(this.clock.at(), drawable(home));
    this.change({ drawing: wanted.length > 0 && this.snapshot.left === 0 });
    for (const one of wanted) {
      await this.batch.draw(one, (request) => this.ask<DrawAnswer>("POST", "/tokens/draw", request));
    }
    if (this.familyBatch) await (await import("../device/family")).fill(this, this.familyBatch);
    this.change({ drawing: false, ...this.supply() });
  }

  private async tidy(): Promise<void> {
    const at = this.clock.at();
    await this.batch.prune(at);
    await this.familyBatch?.prune(at);
    const old = (await this.store.shown()).filter((s) => s.at < at - KEEP_SHOWN_S).map((s) => s.tag);
    if (old.length) await this.store.dropShown(old);
  }

  /** Learns the offset from time that the pinned root vouches for; false when nobody could be believed. */
  private async checkTime(): Promise<boolean> {
    const identity = this.snapshot.identity;
    if (!identity) return false;
    try {
      const trust = await import("../device/trust");
      let known = await this.store.get<Trust>("trust");
      let time = known?.fingerprint === identity.rootFingerprint ? await trust.signedTime(known) : null;
      if (!time) {
        known = await trust.learnTrust(identity.rootFingerprint, known);
        await this.store.set("trust", known);
        time = await trust.signedTime(known);
      }
      if (!time) return false;
      await this.store.set("offset", this.clock.learn(time.ms, time.sentAt, true));
      this.change(this.supply());
      return true;
    } catch (error) {
      if (asProblem(error).code === "no_network") throw error;
      return false;
    }
  }

  async enrol(proof: { code: string } | { challenge_id: string; otp: string }, label: string): Promise<void> {
    const key = await makeKey();
    const body = { ...proof, public_key: toB64(key.publicKey), suite: "ES256", label };
    const sign = signWith(key.privateKey);
    const send = () => call<Enrolled>("POST", "/enrolments", body, { keyId: "new", sign, at: () => this.clock.at() });
    const done = await send().catch((error: unknown) => {
      const problem = asProblem(error);
      if (problem.code !== "clock" || problem.serverAt === undefined) throw problem;
      this.clock.learn(problem.serverAt * 1000, performance.now(), false);
      return send();
    });
    const identity: Identity = {
      deviceId: done.device_id, slot: done.slot, key, nameMasked: done.name_masked, region: done.region,
      rootFingerprint: done.root_fingerprint, enrolledAt: done.server_at,
    };
    await this.store.set("identity", identity);
    void navigator.storage?.persist?.();
    this.change({ phase: "ready", identity, drawing: true });
    await this.sync();
  }

  async forget(): Promise<void> {
    await this.store.erase();
    await this.turnTo(null);
    await this.batch.load();
    this.change({ phase: "enrol", acting: null, family: [], identity: null, home: null, left: 0, place: null, scenario: "any", ended: false, paused: false, problem: null });
  }

  chosen(): Scenario | undefined { return this.snapshot.scenarios.find((s) => s.slug === this.snapshot.scenario); }
  scenarioById(id: number): Scenario | undefined { return this.snapshot.scenarios.find((s) => s.id === id); }
  async choose(slug: string): Promise<void> {
    this.change({ scenario: slug, place: this.snapshot.place?.scenario === slug ? this.snapshot.place : null });
    await this.store.set("scenario", slug);
  }
  enter(site: Site): void {
    this.change({ place: { site: site.site, name: site.name, scenario: site.scenario, until: this.clock.at() + 600 }, scenario: site.scenario });
  }
  leave(): void { this.change({ place: null }); }

  where(): Where { return { scenario: this.chosen()?.id ?? 0, site: this.snapshot.place?.site ?? 0 }; }

  /** Makes the code to show for the chosen place; `avoid` is a token to leave aside for a fresh one. */
  async show(form: "T1" | "T0", renew: boolean): Promise<Showing | null> {
    const at = this.clock.at();
    const where = this.where();
    const name = `${where.scenario}/${where.site}/${form}`;
    const { need, lacking } = this.needOf(form, this.chosen());
    const avoid = renew ? this.lastToken : undefined;
    const picked = this.shown.pick(form, need, name, at, avoid);
    const late = !picked && form === "T1" ? this.shown.late(at, need) : null;
    const token = picked?.token ?? late;
    if (!token) return null;
    this.lastToken = token.id;
    await this.shown.markShown(token, name, at);
    const digits = form === "T0" ? await this.digitsT0(token, at, where) : await this.digitsT1(token, at, where);
    this.change(this.supply());
    return { form, digits, signedAt: at, reused: picked?.reused ?? false, late: late !== null, flavour: token.flavour, says: disclosed(token), lacking };
  }
  private lastToken: string | undefined;

  /** The scenario whose meaning a code shown there would carry too: one that this device has a fitting token for. */
  carried(scenario = this.chosen()): Scenario | undefined {
    const ids = this.familyBatch ? [] : scenario?.merged ?? [];
    const serves = (s: Scenario) => this.batch.holds(s.flavour, this.clock.at()).some((number) => (s.accepted ?? []).length === 0 || (s.accepted ?? []).includes(number));
    return this.snapshot.scenarios.find((s) => ids.includes(s.id) && s.flavour !== "plain" && serves(s));
  }
  /** Whether the resident lets it be carried; a benefit is shown unless they say not here. */
  async carry(on: boolean): Promise<void> { this.change({ carrying: on }); await this.store.set("carrying", on); }

  /** What the code for a scenario has to say; a plain one, and why, where this phone was given nothing that the scenario serves. */
  private needOf(form: Form, scenario: Scenario | undefined): { need: Need; lacking: Lacking | null } {
    if (this.familyBatch) return { need: { flavour: "acting", accepted: [] }, lacking: null };
    // A large-grid code says nothing by itself: the server answers what the scenario needs.
    if (!scenario || form === "T0") return { need: PLAIN, lacking: null };
    if (scenario.flavour === "plain") {
      const more = this.snapshot.carrying ? this.carried(scenario) : undefined;
      return { need: more ? { flavour: more.flavour, accepted: more.accepted ?? [] } : PLAIN, lacking: null };
    }
    const { flavour, accepted = [] } = scenario;
    const held = this.batch.holds(flavour);
    if (held.some((number) => accepted.length === 0 || accepted.includes(number))) return { need: { flavour, accepted }, lacking: null };
    return { need: PLAIN, lacking: { flavour, accepted, held } };
  }

  private async digitsT1(token: Token, at: number, where: Where): Promise<string> {
    const bytes = await makeT1(token.issuerPart as Bytes, at, where, signWith(token.privateKey as CryptoKey));
    await this.remember(bytes, at, where);
    return toDigits("T1", bytes);
  }
  private async digitsT0(token: Token, at: number, where: Where): Promise<string> {
    const { id, key, suite = ES256 } = token.t0 as NonNullable<Token["t0"]>;
    return toDigits("T0", await makeT0(suite, id, key, at, token.from, where));
  }

  /** Answers a checker's challenge with a T1c of a fresh token; null when no token is left. `own` is never somebody else's. */
  async answer(challenge: Challenge, own = false): Promise<Showing | null> {
    const at = this.clock.at();
    const where = { scenario: challenge.scenario, site: challenge.site };
    const batch = own ? this.batch : this.shown;
    const { need, lacking } = own ? { need: PLAIN, lacking: null } : this.needOf("T1c", this.scenarioById(challenge.scenario));
    const name = `${where.scenario}/${where.site}/T1c/${challenge.at}`;
    const picked = batch.pick("T1", need, name, at) ?? batch.pick("T1", PLAIN, name, at);
    if (!picked) return null;
    await batch.markShown(picked.token, name, at);
    const sign = signWith(picked.token.privateKey as CryptoKey);
    const bytes = await makeT1c(picked.token.issuerPart as Bytes, at, where, await challengeHash(challenge.bytes), sign);
    await this.remember(bytes, at, where);
    this.change(this.supply());
    return { form: "T1c", digits: toDigits("T1c", bytes), signedAt: at, reused: picked.reused, late: false, flavour: picked.token.flavour, says: disclosed(picked.token), lacking };
  }

  private async remember(bytes: Bytes, at: number, where: Where): Promise<void> {
    await this.store.saveShown({ tag: toHex(await recordTag(bytes)), bytes, at, scenario: where.scenario, site: where.site });
  }

  /** The name of the place whose own key signed this challenge, by the bundle that this device trusts; null when nobody vouches for it. */
  async voucher(challenge: Challenge): Promise<Both | null> {
    const fingerprint = this.snapshot.identity?.rootFingerprint;
    if (!challenge.signed || !fingerprint) return null;
    const trust = await import("../device/trust");
    const held = await this.store.get<Trust>("trust");
    const name = held && (await trust.voucher(held, challenge));
    if (name || !this.snapshot.online) return name ?? null;
    // A gate that is newer than what we hold: look once more.
    const newer = await trust.learnTrust(fingerprint, held).catch(() => null);
    if (!newer) return null;
    await this.store.set("trust", newer);
    return trust.voucher(newer, challenge);
  }

  async confirmations(): Promise<Confirmation[]> { return (await this.ask<Confirmations>("GET", "/confirmations")).confirmations; }
  answerCheck(id: string, verb: "confirm" | "refuse"): Promise<void> { return this.ask("POST", `/confirmations/${id}/${verb}`); }

  shortNumber(scenario: string, desk: number | undefined): Promise<ShortNumber> {
    return this.ask<ShortNumber>("POST", "/short-numbers", desk === undefined ? { scenario } : { scenario, desk });
  }
  site(number: number): Promise<Site> { return call<Site>("GET", `/sites/${number}`); }
  checkIn(site: number): Promise<CheckIn> { return this.ask<CheckIn>("POST", "/check-ins", { site }); }

  async settings(change: { paper_off?: boolean; short_off?: boolean }): Promise<void> {
    await this.ask("POST", "/settings", change);
    const home = this.snapshot.home;
    if (home) this.change({ home: { ...home, settings: { ...home.settings, ...change } } });
    void this.sync();
  }
  async endDevice(id: string, reason: "lost" | "unused"): Promise<void> {
    await this.ask("POST", `/devices/${id}/end`, { reason });
    if (id === this.snapshot.identity?.deviceId) await this.forget(); else await this.sync();
  }
  async consents(): Promise<Consent[]> { return (await this.ask<{ consents: Consent[] }>("GET", "/consents")).consents; }
  consent(scenario: string, attributes: string[], until_at: number): Promise<Consent> { return this.ask("POST", "/consents", { scenario, attributes, until_at }); }
  withdraw(id: string): Promise<void> { return this.ask("DELETE", `/consents/${id}`); }

  async bindings(): Promise<Binding[]> { return (await this.ask<{ bindings: Binding[] }>("GET", "/bindings")).bindings; }
  unbind(id: string): Promise<void> { return this.ask("DELETE", `/bindings/${id}`); }
  resolves(): Promise<ResolveCounts> { return call<ResolveCounts>("GET", "/resolves"); }

  record(before?: string): Promise<RecordPage> { return this.ask<RecordPage>("GET", before ? `/record?before=${encodeURIComponent(before)}` : "/record"); }
  get local(): DeviceStore { return this.store; }
}

/** What this resident's codes may say, each benefit by its number; at most as many as a day has room for. */
function drawable(home: DeviceHome): Disclosure[] {
  const bands = home.flavours.filter((flavour) => flavour !== "plain" && flavour !== "benefit").map((flavour) => ({ flavour }));
  return [...bands, ...(home.benefits ?? []).filter((one) => one.drawable).map((one) => ({ flavour: "benefit", benefit: one.number, until: one.until }))];
}
