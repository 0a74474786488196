// Checks the words of the pages: every key in both languages, no Chinese in the English, no key unused, no key missing.
// It reads the tables as text, so it needs no build.
import { readdirSync, readFileSync } from "node:fs";

const src = new URL("../src/", import.meta.url);
const tables = [["resident/words.ts", ["resident/"], "t"], ["resident/later.words.ts", ["resident/"], "f"], ["check/words.ts", ["check/"], "t"], ["rights/words.ts", ["rights/"], "t"]];
const HAN = /[\u3400-\u9fff]/;
// Keys that are read from a joined name, and the words that are meant to stand in the other language.
const JOINED = /^(attr|deed|kind|scope|stands|form|record|level|hello|filter|days|age|band|benefit|reason|verdict|seen|checked|why|next|field|state)[_A-Z0-9]/;
const CROSS = new Set(["other", "otherLabel", "idleOther", "idleThenOther", "verdictEn_valid", "verdictEn_refused", "verdictEn_could_not_check"]);
let wrong = 0, keys = 0;
const complain = (what) => { wrong++; console.error(what); };

for (const [file, dirs, speaks] of tables) {
  const text = readFileSync(new URL(file, src), "utf8");
  const pairs = [...text.matchAll(/(?:^|[\s,{])"?([\w-]+)"?: \[\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\]/g)].map(([, key, zh, en]) => [key, JSON.parse(zh), JSON.parse(en)]);
  const code = dirs.flatMap((dir) => readdirSync(new URL(dir, src)).filter((f) => /\.tsx?$/.test(f) && !f.endsWith("words.ts")).map((f) => readFileSync(new URL(dir + f, src), "utf8"))).join("\n");
  const known = new Set(pairs.map(([key]) => key));
  keys += pairs.length;
  if (known.size !== pairs.length) complain(`${file}: a key stands twice`);
  for (const [key, zh, en] of pairs) {
    if (!zh.trim() || !en.trim()) complain(`${file}: ${key} lacks a language`);
    if (HAN.test(en) && !CROSS.has(key)) complain(`${file}: ${key} has Chinese in its English`);
    const holes = (s) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();
    if (holes(zh) !== holes(en)) complain(`${file}: ${key} has other values in its two languages`);
    if (/[!！]/.test(zh + en)) complain(`${file}: ${key} shouts`);
    if (!JOINED.test(key) && !code.includes(`"${key}"`)) complain(`${file}: ${key} is not used`);
  }
  for (const [, key] of code.matchAll(new RegExp(`\\b${speaks}\\(\\s*"(\\w+)"`, "g"))) if (!known.has(key)) complain(`${file}: ${key} is used and has no words`);
}
console.log(`${keys} keys in two languages, ${wrong} complaints`);
process.exit(wrong ? 1 : 0);
