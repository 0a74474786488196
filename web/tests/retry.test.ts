// The moment of the next try, by the table of the Rust side, and a batch that keeps to it.
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import { Batch } from "../src/device/batch";
import { waitS } from "../src/device/retry";
import { DeviceStore } from "../src/device/store";
import { Problem, readProblem } from "../src/shared/problem";
import { dayStart } from "../src/shared/times";

const MAX = 2 ** 32 - 1;

test.each([
  [1, 0, 0, 0], [1, 0, MAX, 2], [1, 30, 0, 30], [1, 30, MAX / 2 - 0.5, 31], [2, 0, MAX, 4], [5, 7, MAX, 39], [9, 0, MAX, 300],
  [MAX, 3600, MAX, 3900],
])("after %i tries, asked for %i s, by chance %i: %i s", (tries, retryAfter, chance, wait) => {
  expect(waitS(tries, retryAfter, chance)).toBe(wait);
});

test("the header reaches the problem", async () => {
  const busy = new Response("{}", { status: 503, headers: { "Retry-After": "90" } });
  expect((await readProblem(busy)).retryAfterS).toBe(90);
  for (const value of ["", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"]) {
    expect((await readProblem(new Response("{}", { status: 503, headers: { "Retry-After": value } }))).retryAfterS).toBeUndefined();
  }
});

describe("a device that was sent away", () => {
  let store: DeviceStore, batch: Batch;
  const day = 2500, at = dayStart(day) + 8 * 3600;
  const first = { day, size: { plain: 16, t0: 8 }, more: [] };
  const busy = async () => { throw new Problem("busy", 503, "", "", undefined, 900); };
  beforeEach(async () => {
    store = await DeviceStore.open();
    await store.erase();
    batch = new Batch(store);
    await batch.load();
  });
  const wants = async (when: number) => (await batch.wanted(when, [])).map((one) => one.day);

  test("asks again no sooner than its turn, also after a restart", async () => {
    expect(await wants(at)).toEqual([day]);
    await expect(batch.draw(first, busy)).rejects.toThrow("busy");
    expect(await wants(at + 899)).toEqual([]);
    batch = new Batch(store);
    await batch.load();
    expect(await wants(at + 899)).toEqual([]);
    expect(await wants(at + 903)).toEqual([day]);
  });
  test("is not bound by other refusals, nor for a day by a clock that was set back", async () => {
    await batch.wanted(at, []);
    await expect(batch.draw(first, async () => { throw new Problem("too_many", 429, "", "", undefined, 3600); })).rejects.toThrow();
    expect(await wants(at)).toEqual([day]);
    await expect(batch.draw(first, busy)).rejects.toThrow("busy");
    expect(await wants(at - 7200 + 903)).toEqual([day]);
  });
});
