// Every shared vector, accept and reject, through the TypeScript check: each step must agree in every field.
import { describe, expect, test } from "vitest";
import { fromHex, readUint, toHex } from "../src/code/bytes";
import { checkDigits, type Context, type Verdict } from "../src/code/check";
import type { Entry, Rule } from "../src/code/bundle";
import { also, type Told } from "../src/code/merge";
import { Seen } from "../src/code/seen";
import { load } from "./vectors";

interface WorldRule {
  name: string; scenario: number; level: string; forms: string[]; flavour: string; accepted: number; assurance_min: number; age_min_s: number; age_max_s: number; late_s: number;
  again_after_s: number | null; any_scenario: boolean; any_site: boolean; attended: boolean; stale_bundle_s: number; stale_status_s: number; accept_stale: boolean; t2_day_cap: number | null; merged?: number[];
}
interface World {
  kids: { kid: string; suite: number; public_key: string; use: string; flags_mask: number; from: number; until: number; withdrawn: boolean }[];
  rules: WorldRule[];
}
interface Step { digits: string; now: number | null; bundle_at: number | null; urgent_at: number | null; challenge: { short: string; time: number } | null; guardian_at: number | null; expect: object }
interface Vector { name: string; scenario: string; site: number; urgent: string[]; lists: Record<string, { made_at: number; revoked: number[] }>; seen_capacity: number | null; steps: Step[] }

const world = load<World>("world.json");
const bits: Record<string, number> = { T1: 2, T1c: 4, T0: 8, T2: 16 };
const entries = new Map(world.kids.map((k) => [k.kid, {
  entry: { kid: k.kid, key: { suite: k.suite, bytes: fromHex(k.public_key) }, use: k.use === "T1" ? 1 : 2, flagsMask: k.flags_mask, issuer: { region: 0, zh: "", en: "" }, day: 0, from: k.from, until: k.until } satisfies Entry,
  withdrawn: k.withdrawn,
}]));
const nothing = { zh: "", en: "" };
const ruleOf = (r: WorldRule): Rule => ({
  id: r.scenario, level: ["low", "medium", "high"].indexOf(r.level), forms: r.forms.reduce((n, f) => n | (bits[f] ?? 0), 0),
  switches: (r.any_scenario ? 1 : 0) | (r.any_site ? 2 : 0) | (r.attended ? 4 : 0), assuranceMin: r.assurance_min, ageMin: r.age_min_s, ageMax: r.age_max_s, late: r.late_s, againAfter: r.again_after_s,
  staleBundle: r.stale_bundle_s, staleStatus: r.stale_status_s, onStale: r.accept_stale ? 1 : 0, record: 1, flavour: ["plain", "age_band", "benefit", "acting"].indexOf(r.flavour), accepted: r.accepted,
  capT2: r.t2_day_cap ?? 0, capShort: 0, retentionDays: 0, region: 0, slug: r.name, name: nothing, owner: nothing, purpose: nothing, sees: nothing, attributes: [], merged: r.merged ?? [],
});
const rules = new Map(world.rules.map((r): [string, Rule] => [r.name, ruleOf(r)]));

function contextFor(vector: Vector, step: Step): Context {
  const rule = rules.get(vector.scenario) as Rule;
  return {
    scenario: rule.id, site: vector.site, rule, now: step.now, entry: (kid) => entries.get(kid), bundleAt: step.bundle_at, urgentAt: step.urgent_at,
    tokenWithdrawn: (id) => vector.urgent.includes(toHex(id.subarray(0, 6))),
    card: (list, index) => {
      const found = vector.lists[String(list)];
      return !found ? { standing: "unknown", listAt: 0 } : { standing: found.revoked.includes(index) ? "revoked" : "good", listAt: found.made_at };
    },
    challenge: step.challenge && { short: step.challenge.short, at: step.challenge.time }, guardianAt: step.guardian_at,
  };
}

const asWire = (v: Verdict) => ({
  verdict: v.kind, reason: v.reason, form: v.form, assurance: v.assurance, age_band: v.ageBand, benefit: v.benefit, acting: v.acting, late: v.late, stale: v.stale, repeated: v.repeated, skew_min: v.skewMin,
});

describe.each(["accept", "reject"])("%s", (name) => {
  const { vectors } = load<{ vectors: Vector[] }>(`${name}.json`);
  test(`there are vectors`, () => expect(vectors.length).toBeGreaterThan(39));
  test.each(vectors.map((v) => [v.name, v] as const))("%s", async (_, vector) => {
    const seen = new Seen(vector.seen_capacity ?? undefined);
    for (const step of vector.steps) expect(asWire(await checkDigits(step.digits, contextFor(vector, step), seen))).toEqual(step.expect);
  });
});

test("a top of 48 bits is exact as a number", () => expect(readUint(fromHex("ffffffffffff"), 0, 6)).toBe(2 ** 48 - 1));

describe("merge", () => {
  const { vectors } = load<{ vectors: { name: string; rule: WorldRule; other: WorldRule; carried: boolean; verdict: Told }[] }>("merge.json");
  test.each(vectors.map((v) => [v.name, v] as const))("%s", (_, { rule, other, carried, verdict }) => {
    expect(also(verdict, ruleOf(rule), new Map([[other.scenario, ruleOf(other)]])).length > 0).toBe(carried);
  });
});
