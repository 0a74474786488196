// Prints what each page weighs over the wire (gzip) and fails above its budget. First load: the page, its scripts and styles,
// manifest, icons and service worker; what is fetched later on demand is listed beneath.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { filesOf } from "./graph.mjs";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.build.json", dist), "utf8"));
const gz = (path) => gzipSync(readFileSync(new URL("." + path, dist)), { level: 9 }).length;
const KB = 1024;
const pages = [
  { name: "resident /", html: "/index.html", entry: "index.html", extra: ["/manifest.webmanifest", "/icons/mark.svg", "/icons/icon-192.png", "/sw.js"], budget: 60 * KB, lazyInBudget: /trust/ },
  { name: "checker /check", html: "/check/index.html", entry: "check/index.html", extra: ["/check.webmanifest", "/icons/mark.svg", "/icons/icon-192.png", "/sw.js"], budget: 60 * KB, lazyInBudget: /^(?!.*(wasm|sm-crypto|noble|ed25519|sm2))/ },
  { name: "console /console", html: "/console/index.html", entry: "console/index.html", extra: [], budget: Infinity, lazyInBudget: /^$/ },
];
let failed = false;
for (const page of pages) {
  const first = new Set(filesOf(manifest, page.entry, (name) => page.lazyInBudget.test(name)));
  const all = filesOf(manifest, page.entry, () => true);
  const counted = [...first].filter((f) => !f.endsWith(".wasm"));
  const sum = [page.html, ...page.extra, ...counted].reduce((n, f) => n + gz(f), 0);
  const over = sum > page.budget;
  failed ||= over;
  console.log(`${page.name.padEnd(18)} ${(sum / KB).toFixed(1).padStart(7)} KB gzip${page.budget === Infinity ? "" : ` of ${page.budget / KB} KB`}${over ? "  OVER" : ""}`);
  if (page.budget !== Infinity) for (const file of all) console.log(`  ${first.has(file) && !file.endsWith(".wasm") ? " " : "+"} ${(gz(file) / KB).toFixed(1).padStart(7)}  ${file}`);
}
console.log("+ fetched on demand, not part of the first load");
if (failed) { console.error("failed to stay within the budget"); process.exit(1); }
