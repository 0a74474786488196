// Turns the bars of the API into what the overview draws: hours side by side with the day before, cities, ranks.
// Pure; it does not know colours or words.
import type { Bar, ResolveCount } from "../../../api/types";
import { CITIES, cityOf, type City } from "../../words/regions";

const HOUR_S = 3600;
const HOURS_SHOWN = 24;
/** A city is marked when this share of its checks could not be made … */
const UNCHECKED_SHARE_MARKED = 0.01;
/** … and it was not a handful. */
const UNCHECKED_MIN_MARKED = 5;

/** Between even steps (1) and steps that flatter small cities (0.5). */
const STEP_POWER = 0.7;

export interface Hour {
  at: number;
  valid: number;
  refused: number;
  unchecked: number;
  /** Null where nothing was counted a day before. */
  before: number | null;
}
export interface CityFigure {
  city: City;
  checks: number;
  unchecked: number;
  step: 1 | 2 | 3 | 4 | 5;
  marked: boolean;
}

export const total = (bar: Bar): number => bar.valid + bar.refused + bar.could_not;

/** The last 24 hours that end with the running one, each with the total of the same hour a day before. */
export function hoursOf(bars: readonly Bar[], now_s: number): Hour[] {
  const byHour = new Map(bars.map((bar) => [Math.floor(Number(bar.key) / HOUR_S), bar]));
  const running = Math.floor(now_s / HOUR_S);
  return Array.from({ length: HOURS_SHOWN }, (_, i) => {
    const hour = running - HOURS_SHOWN + 1 + i;
    const bar = byHour.get(hour);
    const before = byHour.get(hour - HOURS_SHOWN);
    return {
      at: hour * HOUR_S,
      valid: bar?.valid ?? 0,
      refused: bar?.refused ?? 0,
      unchecked: bar?.could_not ?? 0,
      before: before ? total(before) : null,
    };
  });
}

/** Every city, also those without a check; steps grow towards the busiest, as cities differ by tens. */
export function citiesOf(bars: readonly Bar[]): CityFigure[] {
  const sums = new Map<string, { checks: number; unchecked: number }>();
  for (const bar of bars) {
    const city = cityOf(bar.region);
    if (!city) continue;
    const sum = sums.get(city.code) ?? { checks: 0, unchecked: 0 };
    sums.set(city.code, { checks: sum.checks + total(bar), unchecked: sum.unchecked + bar.could_not });
  }
  const most = Math.max(1, ...[...sums.values()].map((sum) => sum.checks));
  return CITIES.map((city) => {
    const { checks, unchecked } = sums.get(city.code) ?? { checks: 0, unchecked: 0 };
    const marked = unchecked >= UNCHECKED_MIN_MARKED && unchecked / checks >= UNCHECKED_SHARE_MARKED;
    return { city, checks, unchecked, step: stepOf(checks, most), marked };
  });
}

/** The upper ends of the first four steps, rounded to two digits, as the legend prints them. */
export function stepEnds(cities: readonly CityFigure[]): number[] {
  const most = Math.max(1, ...cities.map((figure) => figure.checks));
  return [0.2, 0.4, 0.6, 0.8].map((part) => roundTwo(most * part ** (1 / STEP_POWER)));
}

/** The largest first, the rest summed under the key "". */
export function ranked(
  bars: readonly Bar[],
  count: (bar: Bar) => number,
  keep: number,
): { key: string; label: string; n: number }[] {
  const rows = bars
    .map((bar) => ({ key: bar.key, label: bar.label, n: count(bar) }))
    .filter((row) => row.n > 0)
    .sort((a, b) => b.n - a.n);
  if (rows.length <= keep) return rows;
  const rest = rows.slice(keep - 1).reduce((sum, row) => sum + row.n, 0);
  return [...rows.slice(0, keep - 1), { key: "", label: "", n: rest }];
}

function stepOf(checks: number, most: number): CityFigure["step"] {
  const step = Math.ceil((checks / most) ** STEP_POWER * 5);
  return Math.min(5, Math.max(1, step)) as CityFigure["step"];
}

function roundTwo(n: number): number {
  if (n < 100) return Math.round(n);
  const unit = 10 ** (Math.floor(Math.log10(n)) - 1);
  return Math.round(n / unit) * unit;
}

/** One scenario's line of the yearly public count: a number a year, null for "fewer than told", undefined where it never happened. */
export interface ResolveRow {
  scenario: string;
  name: ResolveCount["name"];
  owner: ResolveCount["owner"];
  many: (number | null | undefined)[];
}

/** Years as columns, the newest first; a line a scenario, the most resolved of the newest year first. What is told inexactly comes after what is told. */
export function byYear(counts: readonly ResolveCount[], keep: number): { years: number[]; rows: ResolveRow[] } {
  const years = [...new Set(counts.map((one) => one.year))].sort((a, b) => b - a).slice(0, keep);
  const rows = new Map<string, ResolveRow>();
  for (const one of counts) {
    const column = years.indexOf(one.year);
    if (column < 0) continue;
    const row = rows.get(one.scenario) ?? { scenario: one.scenario, name: one.name, owner: one.owner, many: years.map(() => undefined) };
    row.many[column] = one.many;
    rows.set(one.scenario, row);
  }
  const weight = (row: ResolveRow, column: number) => row.many[column] ?? (row.many[column] === null ? 0 : -1);
  const sorted = [...rows.values()].sort((a, b) => {
    for (let column = 0; column < years.length; column += 1) {
      const difference = weight(b, column) - weight(a, column);
      if (difference !== 0) return difference;
    }
    return a.scenario.localeCompare(b.scenario);
  });
  return { years, rows: sorted };
}
