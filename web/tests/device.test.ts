// The device's clock and its batch of tokens: corrected time through a wrong or moved clock, and which token is shown when.
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import type { Flavour } from "../src/api/types";
import { toB64 } from "../src/code/bytes";
import { Batch, SAME_SHOW_S } from "../src/device/batch";
import { Clock, type Ticks } from "../src/device/clock";
import { DeviceStore } from "../src/device/store";
import { codeDay, dayStart } from "../src/shared/times";
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
    const body = request as { request_id: string; day: number; t1: { flavour: Flavour }[]; t0: number };
    drawn.push(body);
    const base = (drawn.length * 40) & 0xff;
    return {
      day: body.day, from_at: dayStart(body.day) + 10_800, until_at: dayStart(body.day) + 10_800 + 90_000, server_at: at,
      tokens: body.t1.map((t, i) => { const part = new Uint8Array(123).fill(base + i); part[0] = 0x11; return { flavour: t.flavour, issuer_part: toB64(part) }; }),
      t0: Array.from({ length: body.t0 }, (_, i) => ({ id: toB64(new Uint8Array(16).fill(100 + i)), key: toB64(new Uint8Array(16)) })),
    };
  };
  beforeEach(async () => {
    indexedDB = new IDBFactory();
    store = await DeviceStore.open();
    batch = new Batch(store);
    drawn = [];
  });

  test("the first draw is today's, with a few of each flavour", async () => {
    expect((await batch.wanted(at))[0]).toEqual({ day, first: true });
    await batch.draw(day, true, ["plain", "age_band"], server);
    expect(batch.count(day)).toBe(18);
    expect((await batch.wanted(at)).some((w) => w.day === day)).toBe(false);
  });
  test("tomorrow's is drawn in the twelve hours before, at one moment", async () => {
    await batch.draw(day, true, ["plain"], server);
    const wantsNext = async (when: number) => (await batch.wanted(when)).some((w) => w.day === day + 1);
    expect(await wantsNext(opens + 11 * 3600)).toBe(false);
    expect(await wantsNext(opens + 24 * 3600 - 1)).toBe(true);
  });
  test("a lost answer is asked for again with the same keys and id", async () => {
    await expect(batch.draw(day, true, ["plain"], async (r) => { await server(r); throw new Error("lost"); })).rejects.toThrow("lost");
    await batch.draw(day, true, ["plain"], server);
    expect(drawn[1]?.request_id).toBe(drawn[0]?.request_id);
    expect(drawn[1]?.t1).toEqual(drawn[0]?.t1);
  });
  test("one place sees one token for a while; another place, or later, sees another", async () => {
    await batch.draw(day, true, ["plain"], server);
    const show = async (where: string, when: number, avoid?: string) => { const p = batch.pick("T1", "plain", where, when, avoid); if (p) await batch.markShown(p.token, where, when); return p?.token.id; };
    const first = await show("1/0", at);
    expect(await show("1/0", at + 30)).toBe(first);
    expect(await show("2/0", at + 31)).not.toBe(first);
    expect(await show("1/0", at + 32, first)).not.toBe(first);
    expect(await show("1/0", at + SAME_SHOW_S + 40)).not.toBe(first);
  });
  test("a used-up batch is shown again, the longest unused first, and says so", async () => {
    await batch.draw(day, true, ["plain"], server);
    const ids = [];
    for (let i = 0; i < 16; i++) { const p = batch.pick("T1", "plain", `${i}`, at + i); ids.push(p?.token.id); expect(p?.reused).toBe(false); if (p) await batch.markShown(p.token, `${i}`, at + i); }
    expect(batch.pick("T1", "plain", "next", at + 100)).toMatchObject({ reused: true, token: { id: ids[0] } });
    expect(new Set(ids).size).toBe(16);
    expect(batch.pick("T1", "plain", "next", at + 200_000)).toBeNull();
    expect(batch.late(at + 100_000, "plain")?.day).toBe(day);
  });
  test("before three o'clock it is still yesterday's day", () => expect([codeDay(opens - 1), codeDay(opens)]).toEqual([day - 1, day]));
});

test.each([["yima:place:1042:5", 1042], ["https://yima.example/p/1042", 1042], ["yima:place:0:5", null], ["hello", null], ["13812345678901", null]])("scanned %s", (text, site) => {
  const scanned = readScanned(text);
  expect(scanned.kind === "place" ? scanned.site : null).toBe(site);
});
