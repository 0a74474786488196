// An elder and a daughter, each with a phone: a code between them, a yes, the elder's code on the daughter's phone, and one touch that ends it.
import { mkdirSync } from "node:fs";
import { layoutFaults, violations } from "./axe.mjs";
import { Checker, expect, must, Resident } from "./people.mjs";

const shots = process.env.YIMA_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const shot = async (me, name, whole = false) => { if (shots) await me.page.screenshot({ path: `${shots}/${name}.png`, fullPage: whole }); };

const clean = async (page, where, target = 44) => {
  const found = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(found.length === 0, `${where}:\n  ${found.join("\n  ")}`);
};

const W = {
  zh: { make: "给出代办码", come: "愿意代办", agree: "同意", show: "出示", end: "结束", sure: "结束", undo: "反悔", mine: "我自己", for: "代亲属出示", acting: "代他人出示", by: "由你的代办人出示", to: "替你帮助的老人出示" },
  en: { make: "Make a code", come: "Come forward", agree: "Agree", show: "Show", end: "End", sure: "End it", undo: "Undo", mine: "Myself", for: "For family", acting: "shown for somebody else", by: "Shown by your helper", to: "Shown for the elder you help" },
};

export const stories = ["zh", "en"].map((lang) => ({ name: `family: from a code to a check and back, in ${lang}`, run: (town) => family(town, lang) }));

async function family(town, lang) {
  const w = W[lang], locale = lang === "zh" ? "zh-CN" : "en-GB";
  const elder = await Resident.enrol(town.url, town.codes.shift(), { lang: locale });
  const daughter = await Resident.enrol(town.url, town.codes.shift(), { lang: locale });
  const gate = await Checker.signIn(town.url, town.gate("bus").key, { lang: locale });
  const again = async (me) => { await me.open(""); await me.open("family"); await me.page.waitForTimeout(700); };
  try {
    await elder.open("me");
    await clean(elder.page, "me, with the family");
    await elder.open("family");
    await elder.page.waitForSelector(".tick");
    await clean(elder.page, "family, empty");
    await elder.page.click(`.btn:has-text("${w.make}")`);
    const code = await elder.page.textContent(".spoken code");
    await shot(elder, `f1-code-${lang}`, true);
    await daughter.open("family");
    await daughter.page.fill('input[name="helper-code"]', code);
    await daughter.page.click(`.btn:has-text("${w.come}")`);
    await daughter.page.waitForSelector('.kin[data-state="pending"]');
    await again(elder);
    await shot(elder, `f2-asked-${lang}`);
    await elder.page.click(`.kin .btn.primary:has-text("${w.agree}")`);
    await elder.page.waitForSelector('.kin[data-state="active"]');
    await again(daughter);
    await clean(daughter.page, "family, acting");
    await shot(daughter, `f3-acts-${lang}`);

    await daughter.page.click(`.kin .btn.primary:has-text("${w.show}")`);
    await daughter.page.waitForSelector(`.who small:has-text("${w.for}")`);
    await daughter.page.waitForSelector(".plate svg.qr", { timeout: 20_000 });
    await daughter.choose(lang === "zh" ? "公交" : "Bus");
    await clean(daughter.page, "showing for family");
    await shot(daughter, `f4-shown-${lang}`);
    const theirs = await daughter.photo();
    expect(await gate.checkImage(theirs), { verdict: "refused", reason: "guardian_needed" }, "alone at an unattended gate");
    // One's own first, then theirs, within ten seconds; the phone has no network meanwhile.
    await daughter.offline(true);
    await daughter.page.click(`.whose label:has-text("${w.mine}")`);
    await daughter.page.waitForFunction((word) => !document.querySelector(".who small")?.textContent.includes(word), w.for);
    await daughter.page.waitForTimeout(500);
    const own = await daughter.photo();
    await daughter.page.click(".whose label >> nth=1");
    await daughter.page.waitForSelector(`.who small:has-text("${w.for}")`);
    await daughter.renew();
    const next = await daughter.photo();
    expect(await gate.checkImage(own), { verdict: "valid" }, "the daughter's own");
    expect(await gate.checkImage(next), { verdict: "valid" }, "then the elder's");
    must((await gate.page.textContent(".say")).includes(w.acting), "the checker sees that it is shown for somebody");
    await shot(gate, `f5-checked-${lang}`);
    await daughter.offline(false);

    // Large type says whose code it is too.
    await daughter.page.click(".tool >> nth=0");
    await daughter.page.waitForSelector(".bigs");
    await clean(daughter.page, "large type, for family", 60);
    await shot(daughter, `f6-large-${lang}`);
    await daughter.page.goto(`${town.url}/#/family`);
    await daughter.page.waitForSelector(".kin");
    await daughter.page.waitForTimeout(500);
    await shot(daughter, `f7-large-family-${lang}`, true);
    await daughter.page.evaluate(() => localStorage.clear());
    await daughter.page.reload();

    // Both records, with the role and no name.
    await elder.open("data");
    await elder.page.waitForSelector(`.role:has-text("${w.by}")`);
    await clean(elder.page, "the elder's record");
    await shot(elder, `f8-record-elder-${lang}`, true);
    await daughter.open("data");
    await daughter.page.waitForSelector(`.role`);
    await shot(daughter, `f9-record-daughter-${lang}`, true);

    // One touch and a yes to the question: it is over.
    await again(elder);
    await elder.page.click(`.kin .btn.stop:has-text("${w.end}")`);
    await elder.page.waitForTimeout(500);
    await clean(elder.page, "the question before the end");
    await shot(elder, `f10-ending-${lang}`);
    await elder.page.click(`dialog .btn.solid:has-text("${w.sure}")`);
    await elder.page.waitForSelector(`.kin .btn:has-text("${w.undo}")`);
    await shot(elder, `f11-ended-${lang}`);
    await daughter.open("");
    await daughter.page.waitForTimeout(500);
    const late = await daughter.photo();
    expect(await gate.checkImage(late), { verdict: "refused", reason: "withdrawn" }, "after the end");
    await again(daughter);
    await daughter.open("");
    await daughter.page.waitForFunction((word) => !document.querySelector(".who small")?.textContent.includes(word), w.for);
    for (const me of [elder, daughter, gate]) must(me.problems.length === 0, me.problems.join("\n"));
  } finally { for (const me of [elder, daughter, gate]) await me.close(); }
}
