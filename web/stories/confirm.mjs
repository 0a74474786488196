// A checker asks, the holder answers on their own phone: confirm, not me, and who vouches for the code on a checker's screen.
// Both pages against a real server; pictures go to YIMA_SHOTS where that names a directory.
import { layoutFaults, violations } from "./axe.mjs";
import { meet, poster, siteOf } from "./checker.mjs";
import { expect, must } from "./people.mjs";

export const stories = [
  { name: "a large-grid code above level low waits for the holder, who confirms (中文)", run: (town) => asked(town, "zh-CN", true) },
  { name: "a large-grid code above level low waits for the holder, who confirms (English)", run: (town) => asked(town, "en-GB", true) },
  { name: "not me: the checker is told, and the code is dead (中文)", run: (town) => asked(town, "zh-CN", false) },
  { name: "the question in large type", run: largeType },
  { name: "a gate's screen waits, and whoever stands there may stop it", run: stopWaiting },
  { name: "a phone names who vouches for a challenge, and says when nobody does", run: vouched },
];

const in_ = (lang, zh, en) => (lang.startsWith("zh") ? zh : en);
const shot = async (page, name) => { if (process.env.YIMA_SHOTS) { await page.waitForTimeout(400); await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}.png` }); } };

/** The holder stands at the desk: place scanned, large grid shown. */
async function atTheDesk(town, resident, lang) {
  const { page } = resident;
  await resident.scanImage(await poster(page, (await siteOf(town, "hospital")).place_code));
  await page.click(`dialog .btn:has-text("${in_(lang, "在这里亮码", "Show my code here")}")`);
  await page.waitForSelector(".here");
  await page.click(`.still .textbtn:has-text("${in_(lang, "大格码", "large grid")}")`);
  await page.waitForSelector(".plate svg.qr");
  await page.waitForTimeout(500);
  return resident.photo();
}

async function present(checker, png) {
  await checker.page.setInputFiles('.take input[type="file"]', { name: "code.png", mimeType: "image/png", buffer: png });
}

async function asked(town, lang, yes) {
  await meet(town, "hospital", { resident: { lang }, checker: { lang } }, async (resident, newChecker) => {
    const checker = await newChecker();
    await present(checker, await atTheDesk(town, resident, lang));
    await checker.page.waitForSelector(".say[data-waiting]");
    const { page } = resident;
    await page.waitForSelector(".ask", { timeout: 15_000 });
    const site = await siteOf(town, "hospital");
    must((await page.textContent(".ask .where")).includes(site.name[in_(lang, "zh", "en")]), "the place is named");
    for (const one of [page, checker.page]) {
      const faults = [...(await violations(one)), ...(await layoutFaults(one, 44))];
      must(faults.length === 0, faults.join("\n"));
    }
    await shot(page, `ask-${lang}-${yes}`);
    await shot(checker.page, `wait-${lang}-${yes}`);
    await page.click(`.ask .btn:has-text("${yes ? in_(lang, "确认", "Confirm") : in_(lang, "不是我", "Not me")}")`);
    const expected = yes ? { verdict: "valid", online: true } : { verdict: "refused", reason: "confirmation_refused", online: true };
    expect(await checker.verdict(), expected, "after the holder answered");
    await page.waitForSelector(".ask", { state: "detached" });
    await shot(page, `asked-${lang}-${yes}`);
    await shot(checker.page, `waited-${lang}-${yes}`);
    await resident.open("data");
    await page.waitForSelector(".look", { timeout: 15_000 });
  });
}

async function largeType(town) {
  await meet(town, "hospital", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    const { page } = resident;
    const png = await atTheDesk(town, resident, "zh-CN");
    await page.evaluate(() => { document.documentElement.dataset.size = "elder"; document.querySelector(".app").classList.add("elder"); });
    await present(checker, png);
    await page.waitForSelector(".ask", { timeout: 15_000 });
    const faults = [...(await violations(page)), ...(await layoutFaults(page, 44))];
    must(faults.length === 0, faults.join("\n"));
    await shot(page, "ask-large");
    await page.click('.ask .btn:has-text("确认")');
    expect(await checker.verdict(), { verdict: "valid" }, "in large type");
  });
}

async function stopWaiting(town) {
  await meet(town, "hospital", { checker: { width: 1024, height: 600, scale: 1 } }, async (resident, newChecker) => {
    const png = await atTheDesk(town, resident, "zh-CN");
    const { film } = await import("./picture.mjs");
    const checker = await newChecker({ camera: await film(resident.page, png) });
    await checker.page.waitForSelector(".say[data-waiting]", { timeout: 30_000 });
    const faults = [...(await violations(checker.page)), ...(await layoutFaults(checker.page, 44))];
    must(faults.length === 0, faults.join("\n"));
    await shot(checker.page, "wait-gate");
    await checker.page.click(".quiet");
    await checker.page.waitForSelector(".gate.idle:not(.wait)");
    await resident.page.waitForSelector(".ask", { timeout: 15_000 });
    await resident.page.click('.ask .btn:has-text("不是我")');
    await resident.page.waitForSelector(".ask", { state: "detached" });
  });
}

async function vouched(town) {
  await meet(town, "fuel", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    await checker.page.waitForSelector(".challenge svg.qr");
    await checker.page.waitForTimeout(1_500);
    await resident.scanImage(await checker.challengePhoto());
    await resident.page.waitForSelector('[data-vouched="yes"]', { timeout: 15_000 });
    await shot(resident.page, "vouched");
    const first = await resident.photo();
    expect(await checker.checkImage(first), { verdict: "valid", online: true }, "the answer");
    // Another device with the same gate's password has no key of that gate: what it shows is answered, and nobody vouches for it.
    const other = await newChecker();
    await other.page.waitForSelector(".challenge svg.qr");
    await resident.scanImage(await other.challengePhoto());
    await resident.page.waitForSelector('.note.late:has-text("没有人为这个码担保")', { timeout: 15_000 });
    await shot(resident.page, "unvouched");
  });
}
