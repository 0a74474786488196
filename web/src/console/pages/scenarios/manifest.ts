// Reads the few facts of a manifest that a list shows, and the lines that differ between two manifests.
// It is no TOML parser: the server has parsed and checked every manifest before it gets here.
import type { Both, ManifestVersion } from "../../../api/types";

export interface Facts {
  name: Both;
  owner: Both;
  purpose: Both;
  sees: Both;
  level: string;
  region: string;
  record: string;
  retention_days: number | null;
}

export function factsOf(toml: string): Facts {
  const at = tableOf(toml);
  const both = (table: string): Both => ({ zh: at(table, "zh"), en: at(table, "en") });
  return {
    name: both("name"),
    owner: both("owner"),
    purpose: both("purpose"),
    sees: both("sees"),
    level: at("", "level"),
    region: at("", "region"),
    record: at("", "record"),
    retention_days: Number(at("", "retention_days")) || null,
  };
}

/** `[versions of a slug]`, newest first, by slug in number order. */
export function bySlug(versions: readonly ManifestVersion[]): Map<string, ManifestVersion[]> {
  const all = new Map<string, ManifestVersion[]>();
  for (const one of [...versions].sort((a, b) => a.id - b.id || b.version - a.version)) {
    all.set(one.slug, [...(all.get(one.slug) ?? []), one]);
  }
  return all;
}

export interface Line {
  kind: "same" | "plus" | "minus";
  text: string;
}

/** Lines that stay, go and come, by the longest common subsequence; manifests have a few hundred lines at most. */
export function difference(before: string, after: string): Line[] {
  const a = before.trimEnd().split("\n");
  const b = after.trimEnd().split("\n");
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) {
      lines.push({ kind: "minus", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ kind: "plus", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** Looks up `key` in `[table]`, in `table = { key = … }` or as `table.key = …`; "" where it is absent. */
function tableOf(toml: string): (table: string, key: string) => string {
  const found = new Map<string, string>();
  let table = "";
  for (const raw of toml.split("\n")) {
    const line = raw.trim();
    const head = /^\[([\w.-]+)\]/.exec(line);
    if (head) {
      table = head[1] ?? "";
      continue;
    }
    const pair = /^([\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (!pair) continue;
    const [, key = "", value = ""] = pair;
    const full = table ? `${table}.${key}` : key;
    if (value.startsWith("{")) {
      for (const inner of value.matchAll(/([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)/g))
        found.set(`${full}.${inner[1] ?? ""}`, plain(inner[2] ?? ""));
    } else found.set(full, plain(value));
  }
  return (of, key) => found.get(of ? `${of}.${key}` : key) ?? "";
}

function plain(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value);
  return quoted ? (quoted[1] ?? "").replace(/\\(["\\])/g, "$1") : (value.split("#")[0] ?? "").trim();
}
