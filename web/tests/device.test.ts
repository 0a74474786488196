// The device's clock and its batch of tokens: corrected time through a wrong or moved clock, and which token is shown when.
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import type { Flavour } from "../src/api/types";
import { toB64 } from "../src/code/bytes";
import { Batch, PLAIN, SAME_SHOW_S, type Disclosure, type Wanted } from "../src/device/batch";
import { Problem } from "../src/shared/problem";
import { Clock, type Ticks } from "../src/device/clock";
import { DeviceStore } from "../src/device/store";
import { codeDay, dayStart, isoDate } from "../src/shared/times";
import { readScanned } from "../src/resident/place";

class Hands implements Ticks {
  constructor(public at: number, public since = 0) {}
  wall() { return this.at; }
  steady() { return this.since; }
  pass(ms: number) { this.at += ms; this.since += ms; }
}

describe("clock", () => {
  test("a slow phone is corrected, and named in minutes", () => {
    const hands = new Hands(1_000_000_000_000 - 185_000);
    const clock = new Clock(hands, undefined);
    clock.learn(1_000_000_000_000, 0, true);
    expect(clock.minutesSlow()).toBe(3);
    hands.pass(5_000);
    expect(clock.nowMs()).toBe(1_000_000_005_000);
  });
  test("setting the phone back does not move corrected time", () => {
    const hands = new Hands(1_000_000_000_000);
    const clock = new Clock(hands, undefined);
    clock.learn(1_000_000_000_000, 0, true);
    hands.pass(1_000);
    hands.at -= 3_600_000;
    expect(clock.nowMs()).toBe(1_000_000_001_000);
  });
  test("sleep is not a wrong clock: the wall went on while the steady one stood", () => {
    const hands = new Hands(1_000_000_000_000);
    const clock = new Clock(hands, undefined);
    clock.learn(1_000_000_000_000, 0, true);
    hands.at += 600_000;
    expect(clock.nowMs()).toBe(1_000_000_600_000);
  });
  test("half of the way to the server is taken off", () => {
    const hands = new Hands(500_000, 0);
    const clock = new Clock(hands, undefined);
    hands.pass(200);
    clock.learn(900_000, 0, true);
    expect(clock.nowMs()).toBe(900_100);
  });
});

describe("batch", () => {
  let batch: Batch, store: DeviceStore, drawn: { request_id: string; t1: unknown[] }[];
  const day = 2500, opens = dayStart(day) + 3 * 3600, at = opens + 3600;
  const server = async (request: unknown) => {
    const body = request as { request_id: string; day: number; t1: { flavour: Flavour; benefit?: number }[]; t0: number };
    drawn.push(body);
    const base = (drawn.length * 40) & 0xff;
    return {
      day: body.day, from_at: dayStart(body.day) + 10_800, until_at: dayStart(body.day) + 10_800 + 90_000, server_at: at,
      tokens: body.t1.map((t, i) => { const part = new Uint8Array(123).fill(base + i); part[0] = 0x11; part[24] = t.flavour === "age_band" ? 6 : 0; part[25] = (t.benefit ?? 0) << 4; return { flavour: t.flavour, issuer_part: toB64(part) }; }),
      t0: Array.from({ length: body.t0 }, (_, i) => ({ id: toB64(new Uint8Array(16).fill(100 + i)), key: toB64(new Uint8Array(16)) })),
    };
  };
  const first = (more: Disclosure[]): Wanted => ({ day, size: { plain: 16, t0: 8 }, more });
  beforeEach(async () => {
    indexedDB = new IDBFactory();
    store = await DeviceStore.open();
    batch = new Batch(store);
    drawn = [];
  });

  test("the first draw is today's, with a few of each flavour", async () => {
    const more: Disclosure[] = [{ flavour: "age_band" }, { flavour: "benefit", benefit: 2 }];
    const [wanted] = await batch.wanted(at, more);
    expect(wanted).toMatchObject({ day, size: { plain: 16 }, more });
    await batch.draw(wanted as Wanted, server);
    expect(batch.count(day)).toBe(20);
    expect((await batch.wanted(at, more)).some((w) => w.day === day)).toBe(false);
    expect([batch.holds("age_band"), batch.holds("benefit"), batch.holds("acting")]).toEqual([[6], [2], []]);
  });
  test("a token is chosen by what the place serves", async () => {
    await batch.draw(first([{ flavour: "age_band" }, { flavour: "benefit", benefit: 2 }, { flavour: "benefit", benefit: 6 }]), server);
    const says = (flavour: string, ...accepted: number[]) => { const token = batch.pick("T1", { flavour, accepted }, "x", at)?.token; return token ? [token.flavour, token.issuerPart?.[24], (token.issuerPart?.[25] ?? 0) >> 4] : null; };
    expect([says("benefit", 6), says("benefit", 2, 3), says("age_band"), says("age_band", 6, 7)]).toEqual([["benefit", 0, 6], ["benefit", 0, 2], ["age_band", 6, 0], ["age_band", 6, 0]]);
    expect([says("benefit", 3), says("age_band", 4)]).toEqual([null, null]);
  });
  test("a benefit that is given during the day gets codes of its own, and only those", async () => {
    await batch.draw(first([]), server);
    const [wanted] = await batch.wanted(at, [{ flavour: "benefit", benefit: 2 }]);
    await batch.draw(wanted as Wanted, server);
    expect([batch.count(day), batch.holds("benefit"), drawn[1]?.t1.length]).toEqual([18, [2], 2]);
  });
  test("tomorrow's codes don't say a benefit that ends today", async () => {
    const ends = (date: string): Disclosure => ({ flavour: "benefit", benefit: 2, until: date });
    await batch.draw(first([]), server);
    const next = async (date: string) => (await batch.wanted(opens + 24 * 3600 - 1, [ends(date)])).find((w) => w.day === day + 1)?.more.length;
    expect([await next(isoDate(dayStart(day) + 3600)), await next(isoDate(dayStart(day + 1) + 3600))]).toEqual([0, 1]);
  });
  test("what can't be drawn any more does not keep plain codes away", async () => {
    const refusing = async (request: unknown) => {
      if ((request as { t1: { flavour: string }[] }).t1.some((t) => t.flavour !== "plain")) throw new Problem("not_held", 409, "", "");
      return server(request);
    };
    await batch.draw(first([{ flavour: "benefit", benefit: 2 }]), refusing);
    expect([batch.count(day), batch.holds("benefit")]).toEqual([16, []]);
    await expect(batch.draw({ ...first([{ flavour: "benefit", benefit: 2 }]), size: { plain: 0, t0: 0 } }, refusing)).rejects.toThrow("not_held");
  });
  test("tomorrow's is drawn in the twelve hours before, at one moment", async () => {
    await batch.draw(first([]), server);
    const wantsNext = async (when: number) => (await batch.wanted(when, [])).some((w) => w.day === day + 1);
    expect(await wantsNext(opens + 11 * 3600)).toBe(false);
    expect(await wantsNext(opens + 24 * 3600 - 1)).toBe(true);
  });
  test("a lost answer is asked for again with the same keys and id", async () => {
    await expect(batch.draw(first([]), async (r) => { await server(r); throw new Error("lost"); })).rejects.toThrow("lost");
    await batch.draw(first([]), server);
    expect(drawn[1]?.request_id).toBe(drawn[0]?.request_id);
    expect(drawn[1]?.t1).toEqual(drawn[0]?.t1);
  });
  test("one place sees one token for a while; another place, or later, sees another", async () => {
    await batch.draw(first([]), server);
    const show = async (where: string, when: number, avoid?: string) => { const p = batch.pick("T1", PLAIN, where, when, avoid); if (p) await batch.markShown(p.token, where, when); return p?.token.id; };
    const shown = await show("1/0", at);
    expect(await show("1/0", at + 30)).toBe(shown);
    expect(await show("2/0", at + 31)).not.toBe(shown);
    expect(await show("1/0", at + 32, shown)).not.toBe(shown);
    expect(await show("1/0", at + SAME_SHOW_S + 40)).not.toBe(shown);
  });
  test("a used-up batch is shown again, the longest unused first, and says so", async () => {
    await batch.draw(first([]), server);
    const ids = [];
    for (let i = 0; i < 16; i++) { const p = batch.pick("T1", PLAIN, `${i}`, at + i); ids.push(p?.token.id); expect(p?.reused).toBe(false); if (p) await batch.markShown(p.token, `${i}`, at + i); }
    expect(batch.pick("T1", PLAIN, "next", at + 100)).toMatchObject({ reused: true, token: { id: ids[0] } });
    expect(new Set(ids).size).toBe(16);
    expect(batch.pick("T1", PLAIN, "next", at + 200_000)).toBeNull();
    expect(batch.late(at + 100_000, PLAIN)?.day).toBe(day);
  });
  test("before three o'clock it is still yesterday's day", () => expect([codeDay(opens - 1), codeDay(opens)]).toEqual([day - 1, day]));
});

test.each([["yima:place:1042:5", 1042], ["https://yima.example/p/1042", 1042], ["yima:place:0:5", null], ["hello", null], ["13812345678901", null]])("scanned %s", (text, site) => {
  const scanned = readScanned(text);
  expect(scanned.kind === "place" ? scanned.site : null).toBe(site);
});
