// Stretches of the province's civil time, as the pickers write them (`2026-11-23T22:14`), and as the API asks (Unix seconds).
// It does not know the clock of the desk's computer.

const PROVINCE_OFFSET_S = 8 * 3600;
const DAY_S = 86_400;
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;
/** As the server bounds it. */
export const SPAN_DAYS_MAX = 31;

export interface Range {
  from?: string | undefined;
  to?: string | undefined;
}

/** Unix seconds of a province-local `YYYY-MM-DDTHH:MM`; undefined where it is none. */
export function atOf(local: string | undefined): number | undefined {
  const unix_s = local && LOCAL.test(local) ? Date.parse(`${local}:00Z`) / 1000 - PROVINCE_OFFSET_S : Number.NaN;
  return Number.isFinite(unix_s) ? unix_s : undefined;
}

/** The province's wall clock of a moment, as a picker holds it. */
export function localOf(unix_s: number): string {
  return new Date((unix_s + PROVINCE_OFFSET_S) * 1000).toISOString().slice(0, 16);
}

/** The last so many civil days, the running one included, up to its end. */
export function lastDays(days: number, now_s: number): Range {
  const tomorrow = Math.floor((now_s + PROVINCE_OFFSET_S) / DAY_S + 1) * DAY_S - PROVINCE_OFFSET_S;
  return { from: localOf(tomorrow - days * DAY_S), to: localOf(tomorrow) };
}

/** What is wrong with a range, before it is asked for. */
export function faultOf({ from, to }: Range): "order" | "span" | null {
  const [since, until] = [atOf(from), atOf(to)];
  if (since === undefined || until === undefined) return null;
  if (until <= since) return "order";
  return until - since > SPAN_DAYS_MAX * DAY_S ? "span" : null;
}
