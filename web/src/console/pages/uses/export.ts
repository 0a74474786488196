// The uses of a range as files: CSV for a spreadsheet, NDJSON for a program.
// A cell that a spreadsheet would run as a formula begins with a quote instead.
import { at } from "../../../api/at";
import type { Use } from "../../../api/types";
import { read } from "../../api/client";
import type { Asking } from "./asking";

/** What one file holds at most: twenty readings of the server, and what a spreadsheet opens at once. */
export const ROWS_MAX = 20_000;
const PAGE = 1_000;
const COLUMNS = ["id", "at", "deed", "actor_kind", "actor", "scenario", "site", "outcome", "reason", "form"] as const;
const FORMULA = /^[=+\-@\t\r]/;

export interface Exported {
  rows: Use[];
  /** There are older ones that no longer went in. */
  cut: boolean;
}

/** Reads the range page by page; `tell` hears how many there are so far. */
export async function readAll(asking: Asking, tell: (rows: number) => void): Promise<Exported> {
  const rows: Use[] = [];
  let after: string | undefined;
  do {
    const page = await read(at("/uses", {}, { ...asking, after, limit: PAGE }));
    rows.push(...page.items);
    after = page.next ?? undefined;
    tell(rows.length);
  } while (after && rows.length < ROWS_MAX);
  return { rows: rows.slice(0, ROWS_MAX), cut: Boolean(after) || rows.length > ROWS_MAX };
}

export function csvOf(rows: readonly Use[]): string {
  const line = (use: Use): string => COLUMNS.map((name) => cell(name === "at" ? time(use.at) : use[name])).join(",");
  return [COLUMNS.join(","), ...rows.map(line), ""].join("\r\n");
}

export function ndjsonOf(rows: readonly Use[]): string {
  return rows.map((use) => JSON.stringify(use) + "\n").join("");
}

/** The province's civil time with its offset, as ISO 8601 writes it. */
function time(unix_s: number): string {
  return new Date((unix_s + 8 * 3600) * 1000).toISOString().replace(/\.\d+Z$/, "+08:00");
}

function cell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const tame = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/** Hands a file to the browser's downloads. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
