// Every bundle of the shared vectors, accepted or refused with the reason of the specification; the floor that must be kept; look-ups and signed time.
import { describe, expect, test } from "vitest";
import { concat, fromHex, toHex } from "../src/code/bytes";
import { BundleError, openBundle, peekFingerprint, timeSigner, trustedTime, type Floor } from "../src/code/bundle";
import { contextOf } from "../src/code/check";
import { applyDelta } from "../src/code/delta";
import { codedLength, decodeRice, encodeRice } from "../src/code/rice";
import { bytesOf, load } from "./vectors";

interface Case { file: string; name?: string; now: number; expect: string; floor: Floor; floor_after?: Floor }
interface Index {
  cases: Case[]; deltas: { from: string; delta: string; to: string }[]; rice: { coded: string; values: number[] }[]; times: { bundle: string; nonce: string; ms: number; signature: string; expect: boolean }[];
  lookups: { bundle: string; cards: [number, number, string][]; kids: [string, string][]; withdrawn: [string, boolean][]; scenarios: [number, string][]; sites: [number, number, string, string][]; checkers: [number, string[]][]; head: { version: number; epoch: number; time: number; expiry: number } };
}
const index = load<Index>("bundle/index.json");
/** Two thousand deltas are hashed one by one: a machine with much else to do needs more than the usual five seconds. */
const SLOW_MS = 60_000;
const answer = (c: Case) => openBundle(bytesOf(`bundle/${c.file}`), c.floor, c.now);

describe("bundles", () => {
  test.each(index.cases.map((c, i) => [`${i} ${c.name ?? c.file}`, c] as const))("%s", async (_, c) => {
    if (c.expect === "ok") {
      const bundle = await answer(c);
      if (c.floor_after) expect(bundle.floor).toEqual(c.floor_after);
    } else {
      await expect(answer(c)).rejects.toEqual(new BundleError(c.expect));
    }
  });
});

test("look-ups in an opened bundle", async () => {
  const { lookups } = index;
  const first = index.cases.find((c) => c.file === lookups.bundle && c.expect === "ok") as Case;
  const bundle = await answer(first);
  expect({ version: bundle.head.version, epoch: bundle.head.epoch, time: bundle.head.time, expiry: bundle.head.expiry }).toEqual(lookups.head);
  const context = contextOf(bundle, 0, (lookups.scenarios[0] as [number, string])[0], first.now);
  for (const [list, at, standing] of lookups.cards) expect(context?.card(list, at).standing).toBe(standing);
  for (const [id, gone] of lookups.withdrawn) expect(context?.tokenWithdrawn(fromHex(id))).toBe(gone);
  for (const [kid, state] of lookups.kids) expect(context?.entry(kid)?.withdrawn ?? "unknown").toBe(state === "unknown" ? "unknown" : state === "withdrawn");
  for (const [id, slug] of lookups.scenarios) expect(bundle.rules.get(id)?.slug).toBe(slug);
  for (const [site, scenario, zh, en] of lookups.sites) expect(bundle.sites.get(site)).toMatchObject({ scenario, name: { zh, en } });
  for (const [site, keys] of lookups.checkers) expect(bundle.sites.get(site)?.checkers.map((k) => `0${k.suite}${toHex(k.bytes)}`)).toEqual(keys);
  expect(await peekFingerprint(bytesOf(`bundle/${lookups.bundle}`))).toBe(first.floor.root_fingerprint);
  for (const t of index.times) expect((await timeSigner(bundle.root, fromHex(t.nonce), t.ms, fromHex(t.signature))) !== null).toBe(t.expect);
});

test.each(index.rice.map((r) => [r.coded.slice(0, 30), r] as const))("rice %s", (_, r) => {
  expect([...decodeRice(fromHex(r.coded), 0, { countMax: 1e6, universe: 2 ** 48 }).values]).toEqual(r.values);
  const again = encodeRice(Float64Array.from(r.values), fromHex(r.coded)[0] as number);
  expect(toHex(again)).toBe(r.coded);
  expect(codedLength(Float64Array.from(r.values), 48)).toBe(Infinity);
});

describe("deltas", () => {
  test.each(index.deltas.map((d) => [d.delta, d] as const))("%s gives the next file byte for byte", async (_, d) => {
    expect(toHex(await applyDelta(bytesOf(`bundle/${d.from}`), bytesOf(`bundle/${d.delta}`)))).toBe(toHex(bytesOf(`bundle/${d.to}`)));
  });

  test.each(index.deltas.map((d) => [d.delta, d] as const))("%s, bent or cut anywhere, gives no other file", async (_, d) => {
    const from = bytesOf(`bundle/${d.from}`), delta = bytesOf(`bundle/${d.delta}`), to = toHex(bytesOf(`bundle/${d.to}`));
    for (let at = 0; at < delta.length; at++) {
      const bent = delta.slice();
      bent[at] = (bent[at] as number) ^ 4;
      const made = await applyDelta(from, bent).catch((error: unknown) => error);
      if (!(made instanceof BundleError)) expect(toHex(made as Uint8Array)).toBe(to);
      await expect(applyDelta(from, delta.slice(0, at))).rejects.toBeInstanceOf(BundleError);
    }
    await expect(applyDelta(bytesOf(`bundle/${d.to}`), delta)).rejects.toEqual(new BundleError("delta_from"));
    await expect(applyDelta(from, concat(delta, new Uint8Array(1)))).rejects.toEqual(new BundleError("malformed"));
  }, SLOW_MS);
});

test("time is never below what was signed", () => {
  expect([[300, 400], [300, 300], [300, 270], [300, 269], [300, null]].map(([f, c]) => trustedTime(f as number, c as number | null))).toEqual([400, 300, 300, null, null]);
  expect(toHex(new Uint8Array())).toBe("");
});
