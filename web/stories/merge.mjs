// One showing, two meanings: an elder boards the bus, and the same code says that the elderly benefit holds. Both pages against a real server.
// The resident may keep the benefit to themselves; a code that says nothing still boards. Pictures go to YIMA_SHOTS where that names a directory.
import { layoutFaults, violations } from "./axe.mjs";
import { Checker, expect, must, Resident } from "./people.mjs";

export const stories = [{ name: "one code boards the bus and carries the elderly benefit, unless its holder keeps that back (中文 online, English offline, large type)", run: merged }];

const shot = async (page, name) => { if (process.env.YIMA_SHOTS) { await page.waitForTimeout(400); await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}.png` }); } };
const clean = async (page, what, target = 44) => { const faults = [...(await violations(page)), ...(await layoutFaults(page, target))]; must(faults.length === 0, `${what}: ${faults.join("\n")}`); };
const told = (checker) => checker.page.textContent(".say .for").catch(() => "");

const WORDS = {
  zh: { bus: "公交", other: "老年人优待", on: "也算", off: "这个码不出示", also: "同时：老年人优待", stop: "不出示", go: "出示", seen: "和年龄段" },
  en: { bus: "Bus", other: "Elderly benefit", on: "also counts as", off: "This code does not show", also: "also: Elderly benefit", stop: "Hide", go: "Show it", seen: "and age band" },
};

async function merged(town) {
  const code = town.demo.enrolment_codes_of?.elder;
  must(code, "the demonstration has an elder");
  // An enrolment code is good once, and one phone can say it all in both languages.
  const resident = await Resident.enrol(town.url, code);
  const people = [resident];
  try {
    for (const [lang, locale] of [["zh", "zh-CN"], ["en", "en-GB"]]) {
      const checker = await Checker.signIn(town.url, town.gate("bus").key, { lang: locale });
      people.push(checker);
      await inLanguage(town, resident, checker, lang);
    }
    await largeType(resident);
    const problems = people.flatMap((p) => p.problems);
    must(problems.length === 0, problems.join("\n"));
  } finally { for (const one of people) await one.close(); }
}

async function inLanguage(town, resident, checker, lang) {
  const { page } = resident;
  const w = WORDS[lang];
  await page.evaluate((wanted) => localStorage.setItem("yima.looks", JSON.stringify({ lang: wanted })), lang);
  await page.reload();
  await page.waitForSelector(".plate svg.qr");
  await resident.choose(w.bus);
  const carries = page.locator(".note:has(.carry), .carries");
  await page.waitForSelector(".note .carry");
  const says = await carries.textContent();
  must(says.includes(w.on) && says.includes(w.other), `the code says what else it counts for: ${says}`);
  must((await page.textContent(".sees")).includes(w.seen), `and what they see: ${await page.textContent(".sees")}`);
  await clean(page, "a code with two meanings");
  await shot(page, `merge-on-${lang}`);
  // A day has few codes that say an age: the first language checks them online, the second where nobody has seen them, without a network.
  const online = lang === "zh";
  if (!online) await checker.offline(true);
  expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online }, "boards");
  must((await told(checker)).includes(w.also), `and carries the benefit: ${await told(checker)}`);
  await clean(checker.page, "a verdict with two meanings");
  await shot(checker.page, `merged-${lang}`);

  await checker.next();
  await carries.locator(`button:has-text("${w.stop}")`).click();
  await page.waitForSelector(`.carries:has-text("${w.off}")`);
  await resident.renew();
  await clean(page, "the benefit is kept back");
  await shot(page, `merge-off-${lang}`);
  expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online }, "boards all the same");
  must(!(await told(checker))?.includes(w.also), `and says nothing else: ${await told(checker)}`);
  await carries.locator(`button:has-text("${w.go}")`).click();
  await page.waitForSelector(`.note:has(.carry):has-text("${w.on}")`);
}

async function largeType(resident) {
  const { page } = resident;
  await page.evaluate(() => localStorage.setItem("yima.looks", JSON.stringify({ lang: "zh", elder: true })));
  await page.reload();
  await page.waitForSelector(".bigs");
  await page.waitForSelector("svg.qr");
  await clean(page, "large type", 60);
  await shot(page, "merge-large");
}
