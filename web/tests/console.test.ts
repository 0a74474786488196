// What the console works out by itself: figures, differences of manifests, places in a list, and words for everything the API can say.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Bar, ResolveCount, Use } from "../src/api/types";
import { isLate } from "../src/console/pages/gates/lag";
import { byYear, citiesOf, hoursOf, ranked } from "../src/console/pages/overview/figures";
import { beforeOf, factsOf as appFacts, sideBySide } from "../src/console/pages/apps/app";
import { feedStanding } from "../src/console/pages/organisations/feed";
import { standingOf, suiteName } from "../src/console/pages/keys/standing";
import { papersOf } from "../src/console/pages/residents/papers";
import { difference, factsOf } from "../src/console/pages/scenarios/manifest";
import { csvOf, ndjsonOf } from "../src/console/pages/uses/export";
import { atOf, faultOf, lastDays, localOf } from "../src/console/pages/uses/range";
import { isName, searchOf } from "../src/console/pages/residents/search";
import { at } from "../src/api/at";
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

  it("lays the yearly count of resolves out by year, what is told exactly first, and keeps 'fewer than' and 'never' apart", () => {
    const both = (zh: string) => ({ zh, en: zh });
    const count = (year: number, scenario: string, many: number | null): ResolveCount => ({ year, scenario, many, name: both(scenario), owner: both("") });
    const counts = [count(2025, "window", 900), count(2026, "hotel", null), count(2026, "window", 42), count(2026, "hospital", 58), count(2024, "park", 11), count(2023, "bus", 12)];
    const { years, rows } = byYear(counts, 3);
    expect(years).toEqual([2026, 2025, 2024]);
    expect(rows.map(({ scenario, many }) => [scenario, ...many])).toEqual([
      ["hospital", 58, undefined, undefined],
      ["window", 42, 900, undefined],
      ["hotel", null, undefined, undefined],
      ["park", undefined, undefined, 11],
    ]);
    expect(byYear([], 3)).toEqual({ years: [], rows: [] });
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
      [{ ...gate, bundle_lag: 1 }, 1100, false],
      [{ ...gate, bundle_lag: 2 }, 1100, true],
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

describe("apps and personnel systems", () => {
  const version = (number: number, state: string, metadata: object) => ({ id: "app_1", version: number, organisation: "91", owner: "某医院", sector: "91", metadata: JSON.stringify(metadata), state, proposed_by: "opr_1", reviewed_by: null, reviewed_at: null, note: null, at: 0 });
  const [one, two, three] = [
    version(1, "active", { client_name: "挂号", redirect_uris: ["https://a.cn/cb"], scope: "openid" }),
    version(2, "refused", { client_name: "挂号", redirect_uris: ["https://b.cn/cb"] }),
    version(3, "proposed", { client_name: "挂号", redirect_uris: ["https://a.cn/cb", "https://a.cn/cb2"], scope: "openid", contacts: ["陈工"] }),
  ];

  it("holds a proposal against the version in force, address by address, and never against a refused one", () => {
    const versions = [three, two, one];
    expect(beforeOf(three, versions)).toBe(one);
    expect(beforeOf(one, versions)).toBeUndefined();
    expect(beforeOf(two, [two, version(1, "ended", {})])?.version).toBe(1);
    const changed = sideBySide(one, three).filter((row) => row.changed);
    expect(changed).toEqual([
      { member: "contacts", before: [], after: ["陈工"], changed: true },
      { member: "redirect_uris", before: ["https://a.cn/cb"], after: ["https://a.cn/cb", "https://a.cn/cb2"], changed: true },
    ]);
    expect(sideBySide(undefined, one).some((row) => row.changed)).toBe(false);
  });

  it("reads one name for both languages, and shows metadata that does not parse as it came", () => {
    expect(appFacts(one)).toMatchObject({ zh: "挂号", en: "挂号", redirects: ["https://a.cn/cb"], contacts: [] });
    const broken = { ...one, metadata: "{" };
    expect(appFacts(broken).redirects).toEqual([]);
    expect(sideBySide(undefined, broken).find((row) => row.member === "metadata")?.after).toEqual(["{"]);
  });

  it("tells a personnel system that speaks from one that is silent, never came or was shut out", () => {
    const feed = { id: "fee_1", label: "", made_at: 0 };
    const now = 1_000_000;
    expect(feedStanding({ ...feed, seen_at: now - 24 * 3600 }, now).is).toBe("heard");
    expect(feedStanding({ ...feed, seen_at: now - 3 * 86_400 }, now)).toEqual({ is: "silent", for_s: 3 * 86_400 });
    expect(feedStanding(feed, now).is).toBe("never");
    expect(feedStanding({ ...feed, seen_at: now, ended_at: now - 5 }, now)).toEqual({ is: "ended", at: now - 5 });
  });
});

describe("words and places", () => {
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
    const key = { kid: "", suite: "es256" as const, purpose: "t1", day: 1, state: "live" as const, from_at: 100, until_at: 200 };
    expect([99, 100, 199, 200].map((now) => standingOf(key, now))).toEqual(["assigned", "active", "active", "retired"]);
    expect(standingOf({ ...key, state: "withdrawn" }, 150)).toBe("withdrawn");
    expect(["es256", "sm2-sm3", "ed25519"].map(suiteName)).toEqual(["ES256", "SM2", "Ed25519"]);
  });
});

describe("uses", () => {
  const use = (over: Partial<Use>): Use => ({
    id: "use_1", at: 1_795_442_400, deed: "check", actor_kind: "gate", actor: "gat_1", scenario: "bus", site: 7, outcome: "valid", reason: null, form: "T1", ...over,
  });

  it("are ranges of the province's civil time, wherever the desk stands", () => {
    expect(localOf(0)).toBe("1970-01-01T08:00");
    expect(atOf("1970-01-01T08:00")).toBe(0);
    expect([atOf(undefined), atOf("soon")]).toEqual([undefined, undefined]);
    const midnight = 1_795_449_600;
    expect(localOf(midnight)).toBe("2026-11-24T00:00");
    expect(lastDays(1, midnight)).toEqual({ from: "2026-11-24T00:00", to: "2026-11-25T00:00" });
    expect(lastDays(1, midnight - 1)).toEqual({ from: "2026-11-23T00:00", to: "2026-11-24T00:00" });
    expect(faultOf(lastDays(31, midnight))).toBeNull();
    expect(faultOf(lastDays(32, midnight))).toBe("span");
    expect(faultOf({ from: "2026-11-24T00:00", to: "2026-11-24T00:00" })).toBe("order");
    expect(faultOf({ from: "2020-01-01T00:00" })).toBeNull();
  });

  it("leave as CSV in which no cell is a formula", () => {
    const [head, plain, ...rest] = csvOf([
      use({}),
      use({ actor: "=1+1" }), use({ actor: "+1" }), use({ actor: "-1" }), use({ actor: "@SUM" }), use({ actor: "\tx" }), use({ actor: "\rx" }),
      use({ actor: 'a,"b"' }),
    ]).split("\r\n");
    expect(head).toBe("id,at,deed,actor_kind,actor,scenario,site,outcome,reason,form");
    expect(plain).toBe("use_1,2026-11-23T22:00:00+08:00,check,gate,gat_1,bus,7,valid,,T1");
    expect(rest.map((line) => line.slice("use_1,2026-11-23T22:00:00+08:00,check,gate,".length).replace(",bus,7,valid,,T1", ""))).toEqual([
      "'=1+1", "'+1", "'-1", "'@SUM", "'\tx", `"'\rx"`, '"a,""b"""', "",
    ]);
  });

  it("leave as one JSON object a line", () => {
    const lines = ndjsonOf([use({}), use({ id: "use_2" })]).split("\n");
    expect(lines.slice(0, 2).map((line) => (JSON.parse(line) as Use).id)).toEqual(["use_1", "use_2"]);
    expect(lines[2]).toBe("");
  });
});

describe("searches", () => {
  it("tell a name from a number, and wait with a name for its region", () => {
    expect(["王明华", "买买提·吐尔逊", "O'Neill", "", "11010519491231002X", "res_1", "3701"].map(isName)).toEqual([true, true, true, false, false, false, false]);
    const asked = { text: "王明华", born: 1949 };
    expect(searchOf(asked, undefined, undefined)).toBeNull();
    expect(searchOf(asked, "3701", undefined)).toEqual({ name: "王明华", born: 1949, region: "3701" });
    expect(searchOf({ text: "11010519491231002X", born: null }, undefined, "k")).toEqual({ q: "11010519491231002X", after: "k" });
    expect(searchOf({ text: "", born: null }, undefined, undefined)).toEqual({});
  });

  it("have addresses that the document has", () => {
    expect(at("/residents/{id}/cards", { id: "a/b" })).toBe("/residents/a%2Fb/cards");
    expect(at("/uses", {}, { deed: "check", outcome: undefined, from: 0 })).toBe("/uses?deed=check&from=0");
  });
});
