// What the console works out by itself: figures, differences of manifests, places in a list, and words for everything the API can say.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import type { Bar } from "../src/console/api/shapes";
import { isLate } from "../src/console/pages/gates/lag";
import { citiesOf, hoursOf, ranked } from "../src/console/pages/overview/figures";
import { standingOf, suiteName } from "../src/console/pages/keys/standing";
import { papersOf } from "../src/console/pages/residents/papers";
import { difference, factsOf } from "../src/console/pages/scenarios/manifest";
import { keyAt } from "../src/console/pages/uses/key-at";
import { CITIES, regionName } from "../src/console/words/regions";
import { TERMS } from "../src/console/words/terms";

const bar = (over: Partial<Bar>): Bar => ({ key: "", label: "", region: "", valid: 0, refused: 0, could_not: 0, ...over });

describe("figures", () => {
  it("shows 24 hours that end with the running one, each beside the day before", () => {
    const hour = 1_795_442_400;
    const hours = hoursOf(
      [
        bar({ key: String(hour), valid: 3, refused: 1 }),
        bar({ key: String(hour - 86_400), valid: 5 }),
        bar({ key: String(hour - 25 * 3600), valid: 9 }),
      ],
      hour + 59,
    );
    expect(hours).toHaveLength(24);
    expect(hours[23]).toEqual({ at: hour, valid: 3, refused: 1, unchecked: 0, before: 5 });
    expect(hours[22]?.before).toBe(9);
  });

  it("marks a city only when many of its checks could not be made", () => {
    const of = (code: string) =>
      citiesOf([
        bar({ region: "370102", valid: 96, could_not: 4 }),
        bar({ region: "371702", valid: 95, could_not: 5 }),
        bar({ region: "110101", valid: 1 }),
      ]).find(({ city }) => city.code === code);
    expect([of("3701")?.marked, of("3717")?.marked, of("3702")?.checks]).toEqual([false, true, 0]);
  });

  it("ranks reasons and sums the rest", () => {
    const rows = ranked(
      [bar({ key: "a", refused: 1 }), bar({ key: "b", refused: 5 }), bar({ key: "c", refused: 2 }), bar({ key: "d" })],
      (one) => one.refused,
      2,
    );
    expect(rows.map(({ key, n }) => [key, n])).toEqual([
      ["b", 5],
      ["", 3],
    ]);
  });

  it("counts a gate as late when it is away, never came or lags, and never when it ended", () => {
    const gate = {
      id: "",
      name: "",
      site: 1,
      place: "",
      scenario: "",
      state: "active" as const,
      last_seen_at: 1000,
      bundle_version: 3,
      bundle_lag: 0,
      spool: 0,
      clock_off_s: 0,
    };
    const table = [
      [gate, 1100, false],
      [gate, 4601, true],
      [{ ...gate, last_seen_at: null }, 1100, true],
      [{ ...gate, bundle_lag: 1 }, 1100, true],
      [{ ...gate, state: "ended" as const, bundle_lag: 9 }, 9999, false],
    ] as const;
    for (const [one, now, late] of table) expect(isLate(one, now)).toBe(late);
  });
});

describe("manifests", () => {
  it("reads names from tables, inline tables and dotted keys", () => {
    for (const name of [
      '[name]\nzh = "公交"\nen = "Bus"',
      'name = { zh = "公交", en = "Bus" }',
      'name.zh = "公交"\nname.en = "Bus"',
    ])
      expect(factsOf(`id = 1\n${name}`).name).toEqual({ zh: "公交", en: "Bus" });
  });

  it("reads the manifests that ship", () => {
    const facts = factsOf(readFileSync(new URL("../../scenarios/bus.toml", import.meta.url), "utf8"));
    expect([facts.name.zh, facts.owner.zh, facts.level, facts.record].every(Boolean)).toBe(true);
  });

  it("finds the lines that went and came", () => {
    const lines = difference("a\nb\nc\n", "a\nx\nc\nd\n").filter(({ kind }) => kind !== "same");
    expect(lines).toEqual([
      { kind: "minus", text: "b" },
      { kind: "plus", text: "x" },
      { kind: "plus", text: "d" },
    ]);
  });
});

describe("words and places", () => {
  it("turns a time into a place in the list of uses", () => {
    expect(keyAt(1_795_442_400)).toMatch(/^use_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(keyAt(1_795_442_401) > keyAt(1_795_442_400)).toBe(true);
  });

  it("knows sixteen cities, each on a square of its own", () => {
    expect(new Set(CITIES.map((city) => `${city.row}/${city.column}`)).size).toBe(16);
    expect([regionName("370102", "zh"), regionName("370102", "en"), regionName("110101", "en")]).toEqual([
      "济南 历下区",
      "Jinan 历下区",
      "110101",
    ]);
  });

  it("has a word in both languages for every deed of the access matrix", () => {
    const deeds = [
      ...readFileSync(new URL("../../crates/kernel/src/deed.rs", import.meta.url), "utf8").matchAll(/=> "(\w+)"/g),
    ].map(([, word]) => word ?? "");
    expect(deeds.length).toBeGreaterThan(30);
    for (const deed of deeds) for (const words of [TERMS.zh, TERMS.en]) expect(words.deed).toHaveProperty(deed);
  });

  it("has a word in both languages for every reason of a verdict", () => {
    const { reasons } = JSON.parse(readFileSync(new URL("../../vectors/reasons.json", import.meta.url), "utf8")) as {
      reasons: Record<string, unknown>;
    };
    for (const reason of Object.keys(reasons))
      for (const words of [TERMS.zh, TERMS.en]) expect(words.reason).toHaveProperty(reason);
  });
});

describe("papers", () => {
  it("are one a sheet, however many codes stand on it", () => {
    const code = { kind: "sheet" as const, state: "active" as const, issued_at: 5, expires: "2027-10" };
    const card = { ...code, id: "c", kind: "card" as const };
    const papers = papersOf([{ ...code, id: "a" }, { ...code, id: "b" }, card, { ...code, id: "d", issued_at: 9 }]);
    expect(papers.map(({ id, codes }) => [id, codes])).toEqual([
      ["a", 2],
      ["c", 1],
      ["d", 1],
    ]);
  });
});

describe("keys", () => {
  it("stand by their window while they live", () => {
    const key = { kid: "", suite: "es256", purpose: "t1", day: 1, state: "live", from_at: 100, until_at: 200 };
    expect([99, 100, 199, 200].map((now) => standingOf(key, now))).toEqual(["assigned", "active", "active", "retired"]);
    expect(standingOf({ ...key, state: "withdrawn" }, 150)).toBe("withdrawn");
    expect(["es256", "sm2-sm3", "ed25519"].map(suiteName)).toEqual(["ES256", "SM2", "Ed25519"]);
  });
});

describe("shapes", () => {
  it("name only fields that the public API has", () => {
    const { components } = JSON.parse(readFileSync(new URL("../../docs/api/openapi.json", import.meta.url), "utf8")) as {
      components: {
        schemas: Record<string, { properties?: Record<string, unknown>; allOf?: { properties?: Record<string, unknown> }[] }>;
      };
    };
    const named: Record<string, string> = { Both: "Words", Device: "DeviceRow", PaperCard: "CardRow", Use: "UseRow" };
    const path = new URL("../src/console/api/shapes.ts", import.meta.url);
    const source = ts.createSourceFile("shapes.ts", readFileSync(path, "utf8"), ts.ScriptTarget.ES2022);
    const shapes = source.statements.filter(ts.isInterfaceDeclaration).filter((shape) => !shape.typeParameters);
    expect(shapes.length).toBeGreaterThan(12);
    for (const shape of shapes) {
      const schema = components.schemas[named[shape.name.text] ?? shape.name.text];
      const known = [schema, ...(schema?.allOf ?? [])].flatMap((one) => Object.keys(one?.properties ?? {}));
      const fields = shape.members.map((member) => (member.name && ts.isIdentifier(member.name) ? member.name.text : ""));
      expect(known, shape.name.text).toEqual(expect.arrayContaining(fields));
    }
  });
});
