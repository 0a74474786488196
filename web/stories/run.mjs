// Runs the browser stories against a running demonstration: a resident, a checker and the operators act through the pages alone.
//   node stories/run.mjs --server URL --demo '<the JSON line of yima demo>' [--only WORD]
// or with YIMA_URL and YIMA_DEMO in the environment. It starts no server; --dist serves web/dist in front of the one given.
import { parseArgs } from "node:util";
import { stories as accountStories } from "./account.mjs";
import { stories as consoleStories } from "./console.mjs";
import { serve } from "./serve.mjs";
import { stories as residentStories } from "./resident.mjs";
import { stories as checkerStories } from "./checker.mjs";
import { stories as confirmStories } from "./confirm.mjs";
import { stories as mergeStories } from "./merge.mjs";
import { stories as familyStories } from "./family.mjs";
import { stories as firmStories } from "./firm.mjs";

const { values } = parseArgs({ options: { server: { type: "string" }, demo: { type: "string" }, only: { type: "string" }, dist: { type: "boolean" } } });
const line = values.demo ?? process.env.YIMA_DEMO;
if (!line) { console.error("failed to start: give the JSON line of `yima demo --json` with --demo or YIMA_DEMO"); process.exit(2); }
const demo = JSON.parse(line);
const server = values.server ?? process.env.YIMA_URL ?? demo.url;
const front = values.dist ? await serve(server) : null;
const town = { url: front?.url ?? server, server, demo, codes: [...demo.enrolment_codes], gate: (scenario) => demo.gates.find((g) => g.scenario === scenario) };

let passed = 0, failed = 0;
for (const story of [...residentStories, ...checkerStories, ...confirmStories, ...mergeStories, ...familyStories, ...firmStories, ...accountStories, ...consoleStories]) {
  if (values.only && !story.name.includes(values.only)) continue;
  const began = Date.now();
  try {
    await story.run(town);
    passed++;
    console.log(`ok      ${story.name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${story.name}\n${error instanceof Error ? error.stack : error}`);
  }
}
front?.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
