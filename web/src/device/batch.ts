// The day's batch: drawing one-time tokens, keeping them, and choosing which one to show next.
// It knows counts and windows, not how a token is drawn on a screen.
import { fromB64, random, readUint, toB64, toHex, type Bytes } from "../code/bytes";
import { ES256 } from "../code/suite";
import { readFlags } from "../code/token";
import { codeDay, dayStart, isoDate } from "../shared/times";
import { asProblem, Problem } from "../shared/problem";
import type { DrawAnswer } from "../api/types";
import { makeKey } from "./keys";
import { waitS } from "./retry";
import type { DeviceStore, PendingDraw, Token } from "./store";

/** What a token may disclose: a flavour, and which benefit, to which last day. */
export interface Disclosure { flavour: string; benefit?: number; until?: string }
/** What a place needs to be told: a flavour, and the age bands or benefits that it serves; none for every one. */
export interface Need { flavour: string; accepted: readonly number[] }
export const PLAIN: Need = { flavour: "plain", accepted: [] };

/** The age band or benefit that a token discloses, 0 for none: it stands in its flags, so that nothing else has to be kept. */
export function disclosed(token: Token): number {
  if (!token.issuerPart) return 0;
  const flags = readFlags(readUint(token.issuerPart, 24, 2));
  return flags.ageBand || flags.benefit;
}
/** What can be said of a day: a benefit to its last one. Dates in this form are in order as text. */
const on = (day: number, more: readonly Disclosure[]): Disclosure[] => {
  const date = isoDate(dayStart(day) + 12 * 3600);
  return more.filter((one) => one.until === undefined || date <= one.until);
};
const says = (token: Token, one: Disclosure): boolean =>
  token.kind === "T1" && token.flavour === one.flavour && (one.benefit === undefined || disclosed(token) === one.benefit);
const fits = (token: Token, need: Need): boolean =>
  token.flavour === need.flavour && (need.accepted.length === 0 || need.accepted.includes(disclosed(token)));

/** Of a day's 32 numbers: 16 plain at first, a few of each flavour, the rest in reserve. */
const FLAVOURED = 2;
const FIRST = { plain: 16, t0: 8 };
const TOP_UP = { plain: 8, t0: 8 };
const NOTHING = { plain: 0, t0: 0 };
export interface Wanted { day: number; size: { plain: number; t0: number }; more: readonly Disclosure[] }
const DAY_MAX = 32;
const LOW = 5;
/** Problems of a draw that a draw of plain codes does not have. */
const NOT_DRAWABLE: readonly string[] = ["not_held", "too_few_holders"];
/** One place within this time sees one token; after it, or elsewhere, another. */
export const SAME_SHOW_S = 120;

/** The server sends nobody away for longer, and chance adds five minutes: beyond it the clock was moved. */
const TURN_MAX_S = 3600 + 300;

/** A device that was sent away: how often, and when its turn is. */
interface Later { tries: number; at: number }
type Draw = (request: unknown) => Promise<DrawAnswer>;

export class Batch {
  private tokens: Token[] = [];
  private askedAt = 0;
  /** One's own codes, or those that are shown under a mandate. */
  constructor(private readonly store: DeviceStore, private readonly edge?: string) {}

  async load(): Promise<void> { this.tokens = (await this.store.tokens()).filter((t) => t.edge === this.edge); }
  private name(key: string): string { return this.edge ? `${key}/${this.edge}` : key; }

  private usable(at: number): Token[] { return this.tokens.filter((t) => t.from <= at && at < t.until); }
  /** Fresh tokens of T1 that can be shown now. */
  fresh(at: number, kind: "T1" | "T0" = "T1", flavour?: string): Token[] {
    return this.usable(at).filter((t) => t.kind === kind && t.firstShownAt === 0 && (flavour === undefined || t.flavour === flavour));
  }
  count(day: number): number { return this.tokens.filter((t) => t.kind === "T1" && t.day === day).length; }

  /** The token to show: the one already shown here just now, else a fresh one, else the one shown longest ago (`reused`). */
  pick(kind: "T1" | "T0", need: Need, where: string, at: number, avoid?: string): { token: Token; reused: boolean } | null {
    const mine = this.usable(at).filter((t) => t.kind === kind && (kind === "T0" || fits(t, need)));
    const running = mine.find((t) => t.id !== avoid && t.lastWhere === where && t.firstShownAt > 0 && at - t.firstShownAt < SAME_SHOW_S);
    if (running) return { token: running, reused: false };
    const newest = mine.filter((t) => t.firstShownAt === 0).sort((a, b) => b.day - a.day)[0];
    if (newest) return { token: newest, reused: false };
    if (kind === "T0") return null;
    const oldest = mine.filter((t) => t.id !== avoid || mine.length === 1).sort((a, b) => a.lastShownAt - b.lastShownAt)[0];
    return oldest ? { token: oldest, reused: true } : null;
  }

  /** What the tokens of a flavour that are good at a moment, or without one yesterday's too, disclose; each number once. */
  holds(flavour: string, at?: number): number[] {
    const mine = at === undefined ? this.tokens : this.usable(at);
    return [...new Set(mine.filter((t) => t.kind === "T1" && t.flavour === flavour).map(disclosed))];
  }

  async markShown(token: Token, where: string, at: number): Promise<void> {
    if (token.firstShownAt === 0 || token.lastWhere !== where || at - token.firstShownAt >= SAME_SHOW_S) token.firstShownAt = at;
    token.lastShownAt = at;
    token.lastWhere = where;
    await this.store.saveTokens([token]);
  }

  /** Days that want drawing now: today's when few are left, tomorrow's once its random moment has come. */
  async wanted(at: number, more: readonly Disclosure[]): Promise<Wanted[]> {
    this.askedAt = at;
    const later = await this.store.get<Later>(this.name("draw-later"));
    if (later && at < later.at && later.at - at <= TURN_MAX_S) return [];
    const today = codeDay(at);
    const out: Wanted[] = [];
    const low = this.fresh(at, "T1", "plain").length < LOW || this.fresh(at, "T0").length < 2;
    // A benefit that was given since the first draw has no codes yet.
    const lacking = on(today, more).filter((one) => !this.tokens.some((t) => t.day === today && says(t, one)));
    if (this.count(today) === 0) out.push({ day: today, size: FIRST, more: on(today, more) });
    else if ((low || lacking.length > 0) && this.count(today) < DAY_MAX) out.push({ day: today, size: low ? TOP_UP : NOTHING, more: lacking });
    if (this.count(today + 1) === 0 && at >= (await this.drawMoment(today + 1))) out.push({ day: today + 1, size: FIRST, more: on(today + 1, more) });
    return out;
  }

  /** A random moment of the twelve hours before the day's window opens, chosen once, so that all phones do not come at once. */
  private async drawMoment(day: number): Promise<number> {
    const saved = await this.store.get<{ day: number; at: number }>(this.name("draw-moment"));
    if (saved?.day === day) return saved.at;
    const opens = dayStart(day) + 3 * 3600;
    const moment = { day, at: opens - 12 * 3600 + (new DataView(random(4).buffer).getUint32(0) % (12 * 3600)) };
    await this.store.set(this.name("draw-moment"), moment);
    return moment.at;
  }

  /** Draws; a draw whose answer was lost is repeated with the same keys and request id. */
  async draw(wanted: Wanted, send: Draw): Promise<void> {
    const { day, size, more } = wanted;
    const saved = await this.store.get<PendingDraw>(this.name("pending-draw"));
    const pending = saved?.day === day ? saved : await this.prepare(wanted);
    let answer: DrawAnswer;
    try {
      answer = await this.inTurn(send, {
        request_id: pending.requestId, day, t0: pending.t0,
        t1: pending.t1.map(({ flavour, benefit, key }) => ({ flavour, holder_key: toB64(key.publicKey), ...(benefit === undefined ? {} : { benefit }) })),
      });
    } catch (error) {
      // What could be drawn a moment ago can't any more, a benefit that ended: plain codes always can.
      if (!NOT_DRAWABLE.includes(asProblem(error).code)) throw error;
      await this.store.remove(this.name("pending-draw"));
      if (more.length === 0 || size.plain === 0) throw error;
      return this.draw({ day, size, more: [] }, send);
    }
    await this.keep(answer, pending);
    await this.store.remove(this.name("pending-draw"));
    await this.store.remove(this.name("draw-later"));
  }

  /** Asks once; when the server is busy, notes this device's turn. */
  private async inTurn(send: Draw, request: unknown): Promise<DrawAnswer> {
    try {
      return await send(request);
    } catch (error) {
      if (error instanceof Problem && error.status === 503) {
        const tries = ((await this.store.get<Later>(this.name("draw-later")))?.tries ?? 0) + 1;
        const wait = waitS(tries, error.retryAfterS ?? 0, new DataView(random(4).buffer).getUint32(0));
        await this.store.set(this.name("draw-later"), { tries, at: this.askedAt + wait });
      }
      throw error;
    }
  }

  private async prepare({ day, size, more }: Wanted): Promise<PendingDraw> {
    const room = DAY_MAX - this.count(day);
    const plain: Disclosure[] = Array.from({ length: size.plain }, () => ({ flavour: "plain" }));
    const wanted = [...plain, ...more.flatMap((one) => Array.from({ length: FLAVOURED }, () => one))];
    const t1 = await Promise.all(wanted.slice(0, room).map(async ({ flavour, benefit }) => ({ flavour, ...(benefit === undefined ? {} : { benefit }), key: await makeKey() })));
    const pending: PendingDraw = { requestId: toB64(random(16)), day, t1, t0: size.t0 };
    await this.store.set(this.name("pending-draw"), pending);
    return pending;
  }

  private async keep(answer: DrawAnswer, pending: PendingDraw): Promise<void> {
    const base = { day: answer.day, from: answer.from_at, until: answer.until_at, firstShownAt: 0, lastShownAt: 0, lastWhere: "", ...(this.edge ? { edge: this.edge } : {}) };
    const t1 = answer.tokens.map((token, i): Token => {
      const issuerPart: Bytes = fromB64(token.issuer_part);
      const key = pending.t1[i]?.key.privateKey;
      return { ...base, kind: "T1", id: toHex(issuerPart.subarray(6, 22)), flavour: token.flavour, issuerPart, ...(key ? { privateKey: key } : {}) };
    });
    // A draw is under one suite; this page's keys are ES256 where no signed part of the draw says otherwise.
    const suite = (t1[0]?.issuerPart?.[1] ?? ES256 << 4) >> 4;
    const t0 = answer.t0.map((one): Token => {
      const id = fromB64(one.id);
      return { ...base, kind: "T0", id: toHex(id), flavour: "plain", t0: { id, key: fromB64(one.key), suite } };
    });
    await this.store.saveTokens([...t1, ...t0]);
    this.tokens.push(...t1, ...t0);
  }

  /** Deletes every token, private keys with them: what was drawn is withdrawn. */
  async clear(): Promise<void> {
    if (this.tokens.length) await this.store.dropTokens(this.tokens.map((t) => t.id));
    this.tokens = [];
  }

  /** Deletes tokens whose window is over, private keys with them. */
  async prune(at: number): Promise<void> {
    const over = this.tokens.filter((t) => t.until + 48 * 3600 <= at).map((t) => t.id);
    if (over.length) await this.store.dropTokens(over);
    this.tokens = this.tokens.filter((t) => !over.includes(t.id));
  }

  /** Tokens of yesterday, for a phone that has had no data for a day: some scenarios still take them. */
  late(at: number, need: Need): Token | null {
    const old = this.tokens.filter((t) => t.kind === "T1" && fits(t, need) && t.until <= at).sort((a, b) => b.until - a.until || a.lastShownAt - b.lastShownAt);
    return old[0] ?? null;
  }
}
