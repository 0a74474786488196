// Runs the browser stories against a running demonstration: a resident, a checker and the operators act through the pages alone.
//   node stories/run.mjs --server URL --demo '<the JSON line of yima demo>' [--only WORD] [--half street|office]
// or with YIMA_URL and YIMA_DEMO in the environment. It starts no server; --dist serves web/dist in front of the one given.
// The halves take about as long and need nothing of each other: each may have a demonstration of its own, side by side.
import { parseArgs } from "node:util";
import { stories as accountStories } from "./account.mjs";
import { stories as administrationStories } from "./administration.mjs";
import { stories as counterStories } from "./counter.mjs";
import { stories as consoleStories } from "./console.mjs";
import { closeAll, troubles } from "./browser.mjs";
import { serve } from "./serve.mjs";
import { stories as residentStories } from "./resident.mjs";
import { stories as checkerStories } from "./checker.mjs";
import { stories as confirmStories } from "./confirm.mjs";
import { stories as mergeStories } from "./merge.mjs";
import { stories as familyStories } from "./family.mjs";
import { stories as firmStories } from "./firm.mjs";
import { stories as keptStories } from "./kept.mjs";
import { stories as sheetStories } from "./sheet.mjs";
import { stories as guardianStories } from "./guardians.mjs";
import { stories as officerStories } from "./officer.mjs";
import { stories as merging } from "./mergers.mjs";
import { stories as keyStories } from "./keys.mjs";
import { stories as orderStories } from "./orders.mjs";
import { stories as youngStories } from "./young.mjs";

const { values } = parseArgs({ options: { server: { type: "string" }, demo: { type: "string" }, only: { type: "string" }, half: { type: "string" }, dist: { type: "boolean" } } });
const line = values.demo ?? process.env.YIMA_DEMO;
if (!line) { console.error("failed to start: give the JSON line of `yima demo --json` with --demo or YIMA_DEMO"); process.exit(2); }
const demo = JSON.parse(line);
const server = values.server ?? process.env.YIMA_URL ?? demo.url;
const front = values.dist ? await serve(server) : null;
const town = { url: front?.url ?? server, server, demo, codes: [...demo.enrolment_codes], children: [...demo.children], gate: (scenario) => demo.gates.find((g) => g.scenario === scenario) };

const halves = {
  street: [...residentStories, ...checkerStories, ...confirmStories, ...mergeStories, ...familyStories, ...firmStories],
  office: [...accountStories, ...keptStories, ...sheetStories, ...guardianStories, ...officerStories, ...counterStories, ...consoleStories, ...administrationStories, ...merging, ...keyStories, ...orderStories, ...youngStories],
};
if (values.half && !halves[values.half]) { console.error(`failed to start: the halves are ${Object.keys(halves).join(" and ")}`); process.exit(2); }
const all = values.half ? halves[values.half] : Object.values(halves).flat();

/** Whether it held; what went wrong on the network stands below why it did not. */
async function told(story, mark) {
  const began = Date.now();
  troubles.length = 0;
  try {
    await story.run(town);
    console.log(`ok      ${story.name} (${((Date.now() - began) / 1000).toFixed(1)} s${mark})`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${story.name}\n${error instanceof Error ? error.stack : error}`);
    for (const line of troubles) console.log(`        ${line}`);
    return false;
  } finally {
    await closeAll();
  }
}

// A browser that starves on a busy machine fails a story now and then: two of them may be told once more, and it is said so.
let again = 2, passed = 0, failed = 0;
for (const story of all) {
  if (values.only && !story.name.includes(values.only)) continue;
  const held = (await told(story, "")) || (again-- > 0 && (await told(story, ", told a second time")));
  if (held) passed++; else failed++;
}
front?.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
