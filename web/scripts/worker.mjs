// Writes dist/sw.js: the service worker with the list of files that each page needs offline. It reads the build's own manifest.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { filesOf } from "./graph.mjs";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.build.json", dist), "utf8"));
const common = ["/icons/mark.svg", "/icons/icon-192.png"];
const lists = {
  resident: ["/", "/manifest.webmanifest", ...common, ...filesOf(manifest, "index.html", () => true)],
  check: ["/check", "/check.webmanifest", ...common, ...filesOf(manifest, "check/index.html", () => true)],
};
// The resident's phone keeps the reader of place codes only once it was used; the checker always has it. The SM library (its
// chunk is called dist) stays in: a T0 of the SM2 suite is made without a network too.
lists.resident = lists.resident.filter((file) => !file.endsWith(".wasm") && !/ed25519/.test(file));
const template = readFileSync(new URL("../worker/sw.js", import.meta.url), "utf8");
const hash = createHash("sha256").update(template).update(JSON.stringify(lists));
for (const page of ["index.html", "check/index.html", "manifest.webmanifest"]) hash.update(readFileSync(new URL(page, dist)));
const build = hash.digest("hex").slice(0, 12);
writeFileSync(new URL("sw.js", dist), template.replace("__BUILD__", build).replace("__FILES__", JSON.stringify(lists)));
