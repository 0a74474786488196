// A resident and a checker meet: by camera, by image, by number; with a network and without; and the resident sees who looked.
import { encode } from "uqr";
import { layoutFaults, violations } from "./axe.mjs";
import { Checker, expect, must, Resident } from "./people.mjs";

export const stories = [
  { name: "the whole way by camera, online: shown, seen, valid, and in the record (中文)", run: (town) => byCamera(town, "zh-CN") },
  { name: "the whole way by camera, online (English)", run: (town) => byCamera(town, "en-GB") },
  { name: "the whole way by camera, both without a network; uploaded later, found by the device (中文)", run: (town) => offlineByCamera(town, "zh-CN") },
  { name: "the whole way by camera, both without a network (English)", run: (town) => offlineByCamera(town, "en-GB") },
  { name: "a slow phone passes offline, because its code is corrected", run: slowOffline },
  { name: "a place code is scanned, the code is signed for that place, and the place takes it", run: placeCode },
  { name: "checks in at a place", run: checkIn },
  { name: "a challenge is answered where one is wanted; a relayed one is not", run: challenge },
  { name: "a large-grid code online; without a network it is not checked, and never valid", run: largeGrid },
  { name: "a library card is bound at the desk, seen and ended by its reader (中文)", run: (town) => bindCard(town, "zh-CN") },
  { name: "a library card is bound at the desk, seen and ended by its reader (English)", run: (town) => bindCard(town, "en-GB") },
  { name: "a short number is typed at the desk, once", run: shortNumber },
  { name: "a lost phone is ended from another and refused", run: lostPhone },
  { name: "a newer bundle comes as a delta, and the checker then refuses the ended phone without a network", run: delta },
  { name: "the gate's screen of 1024 x 600, clean for axe-core in every state", run: gateScreen },
];

export async function meet(town, scenario, options, story) {
  const people = [];
  try {
    const resident = await Resident.enrol(town.url, town.codes.shift(), options.resident ?? {});
    people.push(resident);
    const checker = async (more = {}) => {
      const one = await Checker.signIn(town.url, town.gate(scenario).key, { ...(options.checker ?? {}), ...more });
      people.push(one);
      return one;
    };
    const restart = async (one, camera) => {
      const again = await one.restartOffline(camera);
      people.splice(people.indexOf(one), 1, again);
      return again;
    };
    await story(resident, checker, restart);
    const problems = people.flatMap((p) => p.problems);
    must(problems.length === 0, problems.join("\n"));
  } finally { for (const one of people) await one.close(); }
}

const name = (lang, zh, en) => (lang.startsWith("zh") ? zh : en);

async function byCamera(town, lang) {
  await meet(town, "bus", { resident: { lang }, checker: { lang } }, async (resident, newChecker) => {
    await resident.choose(name(lang, "公交", "Bus"));
    const checker = await newChecker({ camera: await resident.filmed() });
    expect(await checker.verdict(), { verdict: "valid", online: true, word: name(lang, "有效", "Valid") }, "seen by camera");
    must((await violations(checker.page)).length === 0, `the verdict is clean: ${await violations(checker.page)}`);
    await resident.open("data");
    await resident.page.waitForSelector(".look.look:not(.self)", { timeout: 15_000 });
  });
}

async function offlineByCamera(town, lang) {
  await meet(town, "bus", { resident: { lang }, checker: { lang } }, async (resident, newChecker, restart) => {
    const { page } = resident;
    const signedIn = await newChecker();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForTimeout(1000);
    await resident.offline(true);
    await page.reload();
    await page.waitForSelector(".plate svg.qr");
    await resident.choose(name(lang, "公交", "Bus"));
    await resident.renew();
    const second = await resident.photo();
    const checker = await restart(signedIn, await resident.filmed());
    expect(await checker.verdict(), { verdict: "valid", online: false, word: name(lang, "有效", "Valid") }, "seen by camera without a network");
    // A showing repeats its verdict for ten whole seconds, counted from second to second.
    await checker.page.waitForTimeout(11_500);
    expect(await checker.checkImage(second), { verdict: "refused", reason: "replayed", online: false }, "the same code again");
    await checker.next();
    await checker.page.reload();
    await checker.page.waitForSelector(".take .bar");
    // The camera runs again as well, and may have read its film of this code first: the verdict has to be the same.
    const picture = { name: "code.png", mimeType: "image/png", buffer: second };
    await checker.page.setInputFiles('.take input[type="file"]', picture, { timeout: 5_000 }).catch(() => undefined);
    expect(await checker.verdict(), { verdict: "refused", reason: "replayed", online: false }, "the same code after the page was opened anew");
    await checker.offline(false);
    await checker.next();
    await upload(checker, lang);
    await resident.offline(false);
    await page.waitForTimeout(500);
    await resident.open("data");
    await page.waitForSelector('.look[data-online="false"]', { timeout: 20_000 });
  });
}

async function upload(checker, lang) {
  const { page } = checker;
  await page.click(`.bar button:has-text("${name(lang, "设置", "Settings")}")`);
  const now = page.locator(`dialog .btn:has-text("${name(lang, "现在就上传", "Upload now")}")`);
  await now.click();
  await page.waitForSelector('[data-spool="0"]', { timeout: 15_000 });
  await page.keyboard.press("Escape");
}

async function slowOffline(town) {
  await meet(town, "bus", { resident: { slowBy: 185 } }, async (resident, newChecker) => {
    await resident.page.waitForSelector(".note.late");
    const checker = await newChecker();
    await checker.page.waitForTimeout(1500);
    await checker.offline(true);
    await resident.choose("公交");
    await resident.renew();
    expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online: false }, "the corrected code");
  });
}

/** A place code as a poster carries it, drawn as a picture. */
export async function poster(page, text) {
  const { data } = encode(text, { ecc: "Q", border: 4 });
  const url = await page.evaluate((grid) => {
    const canvas = document.createElement("canvas"), s = 8;
    canvas.width = canvas.height = grid.length * s;
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.fillStyle = "#000";
    grid.forEach((row, y) => row.forEach((dark, x) => { if (dark) ctx.fillRect(x * s, y * s, s, s); }));
    return canvas.toDataURL("image/png");
  }, data);
  return Buffer.from(url.split(",")[1], "base64");
}
export const siteOf = async (town, scenario) => (await fetch(`${town.server}/api/v1/sites/${town.gate(scenario).site}`)).json();

async function placeCode(town) {
  await meet(town, "library", {}, async (resident, newChecker) => {
    const site = await siteOf(town, "library");
    const checker = await newChecker();
    await resident.choose("图书馆");
    expect(await checker.checkImage(await resident.photo()), { verdict: "refused", reason: "wrong_site" }, "signed for no place");
    await resident.scanImage(await poster(resident.page, site.place_code));
    await resident.page.click('dialog .btn:has-text("在这里亮码")');
    await resident.page.waitForSelector(".here");
    await resident.page.waitForSelector(".plate svg.qr");
    await resident.page.waitForTimeout(500);
    expect(await checker.checkImage(await resident.photo()), { verdict: "valid" }, "signed for this place");
  });
}

/** The reader stands at the library's desk, with a code signed for it. */
async function standAt(town, resident, scenario, lang) {
  const site = await siteOf(town, scenario);
  await resident.scanImage(await poster(resident.page, site.place_code));
  await resident.page.click(`dialog .btn:has-text("${name(lang, "在这里亮码", "Show my code here")}")`);
  await resident.page.waitForSelector(".here");
  await resident.page.waitForSelector(".plate svg.qr");
  await resident.page.waitForTimeout(500);
}

async function bindCard(town, lang) {
  const card = `L-${Date.now() % 100_000}-${lang.slice(0, 2)}`;
  await meet(town, "library", { resident: { lang }, checker: { lang } }, async (resident, newChecker) => {
    const checker = await newChecker();
    await standAt(town, resident, "library", lang);
    expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online: true }, "the reader's code");
    const desk = async () => {
      await checker.page.click(`.tell .btn:has-text("${name(lang, "本单位的卡", "Our card")}")`);
      await checker.page.fill('dialog input[name="card"]', card);
      await checker.page.click("dialog .btn.primary");
    };
    await desk();
    await checker.page.waitForSelector("dialog .wrong");
    must((await violations(checker.page)).length === 0, `the card's sheet is clean: ${await violations(checker.page)}`);
    await checker.page.keyboard.press("Escape");
    await resident.open("data");
    await resident.page.click(`label:has-text("${name(lang, "授权", "Consents")}")`);
    const letter = resident.page.locator(".card .line", { hasText: name(lang, "图书馆", "Library") });
    await letter.locator(".btn").click();
    await resident.page.click(`dialog .claim label:has-text("${name(lang, "给", "Give")}")`);
    await resident.page.click("dialog .btn.primary");
    await resident.page.waitForSelector("dialog", { state: "detached" });
    await desk();
    await checker.page.waitForSelector(`dialog [data-card="${card}"]`);
    await resident.open("");
    await resident.open("data");
    await resident.page.click(`label:has-text("${name(lang, "授权", "Consents")}")`);
    await resident.page.waitForSelector('[data-binding="library"]');
    must((await violations(resident.page)).length === 0, `the bound card is clean: ${await violations(resident.page)}`);
    await resident.page.click('[data-binding="library"] .stop');
    await resident.page.waitForSelector('[data-binding="library"]', { state: "detached" });
  });
}

async function checkIn(town) {
  await meet(town, "library", {}, async (resident) => {
    const site = await siteOf(town, "library");
    await resident.scanImage(await poster(resident.page, site.place_code));
    await resident.page.click('dialog .btn:has-text("在这里签到")');
    await resident.page.waitForSelector("dialog .done");
    await resident.page.click("dialog .btn");
    await resident.open("data");
    await resident.page.waitForSelector('.look.self:has-text("签到")');
  });
}

async function challenge(town) {
  await meet(town, "hospital", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    await checker.page.waitForSelector(".challenge svg.qr");
    await resident.scanImage(await checker.challengePhoto());
    await resident.page.waitForSelector(".plate svg.qr");
    const answer = await resident.photo();
    expect(await checker.checkImage(answer), { verdict: "valid" }, "the answer");
    await checker.next();
    await checker.page.waitForTimeout(11_000);
    expect(await checker.checkImage(answer), { verdict: "refused" }, "the same answer to the next challenge");
    await checker.next();
    await checker.offline(true);
    await resident.scanImage(await checker.challengePhoto());
    await resident.page.waitForSelector(".plate svg.qr");
    expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online: false }, "an answer without a network");
  });
}

async function largeGrid(town) {
  await meet(town, "bus", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    await resident.choose("公交");
    await resident.page.click('.hint button:has-text("大格码")');
    await resident.page.waitForSelector('.life:has-text("大格码")');
    await resident.page.waitForTimeout(400);
    expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online: true }, "online");
    await checker.next();
    await checker.offline(true);
    await resident.renew();
    expect(await checker.checkImage(await resident.photo()), { verdict: "could_not_check", reason: "needs_online" }, "offline");
    must((await violations(checker.page)).length === 0, `not checked, and clean: ${await violations(checker.page)}`);
  });
}

async function shortNumber(town) {
  await meet(town, "library", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    await resident.choose("图书馆");
    await resident.page.click('.hint button:has-text("报短号")');
    await resident.page.click("dialog .btn.primary");
    const digits = (await resident.page.textContent(".number")).replace(/\D/g, "");
    expect(await checker.checkDigits(digits), { verdict: "valid", online: true }, "the first time");
    await checker.next();
    await checker.page.waitForTimeout(3_000);
    const again = await checker.checkDigits(digits);
    must(again.verdict !== "valid" || again.online, "the second time is no new use");
  });
}

async function lostPhone(town) {
  await meet(town, "bus", {}, async (resident, newChecker) => {
    const checker = await newChecker();
    await resident.choose("公交");
    const photo = await resident.photo();
    await resident.open("me");
    await resident.page.click('.line:has-text("这一部") .btn.stop');
    await resident.page.click("dialog .btn.stop.solid");
    await resident.page.waitForSelector('input[name="code"]', { timeout: 15_000 });
    const { verdict, reason } = await checker.checkImage(photo);
    must(verdict === "refused" && ["withdrawn", "device_ended"].includes(reason), `refused at once: ${verdict} ${reason}`);
    must((await violations(checker.page)).length === 0, `refused, and clean: ${await violations(checker.page)}`);
  });
}

async function delta(town) {
  await meet(town, "bus", {}, async (resident, newChecker) => {
    await resident.choose("公交");
    const photo = await resident.photo();
    const checker = await newChecker();
    const kinds = [];
    checker.page.on("response", (answer) => { if (answer.url().includes("/api/v1/bundle") && answer.status() === 200) kinds.push(answer.headers()["content-type"]); });
    await resident.open("me");
    await resident.page.click('.line:has-text("这一部") .btn.stop');
    await resident.page.click("dialog .btn.stop.solid");
    await resident.page.waitForSelector('input[name="code"]', { timeout: 15_000 });
    // The province gathers changes for a few seconds before it publishes; the page asks when it is opened.
    for (let turn = 0; turn < 12 && kinds.length === 0; turn++) {
      await checker.page.waitForTimeout(3_000);
      await checker.page.reload();
      await checker.page.waitForSelector(".take .bar, .gate.idle");
      await checker.page.waitForLoadState("networkidle");
    }
    must(kinds[0] === "application/yima-delta", `the newer bundle came as a delta: ${kinds}`);
    must(kinds.length === 1, `and the delta gave the file, without asking for the whole: ${kinds}`);
    await checker.offline(true);
    expect(await checker.checkImage(photo), { verdict: "refused", reason: "withdrawn" }, "by the list that the delta brought");
  });
}

async function gateScreen(town) {
  await meet(town, "bus", { checker: { width: 1024, height: 600, scale: 1 } }, async (resident, newChecker) => {
    await resident.choose("公交");
    const checker = await newChecker({ camera: await resident.filmed() });
    expect(await checker.verdict(), { verdict: "valid" }, "by the gate's camera");
    for (const faults of [await violations(checker.page), await layoutFaults(checker.page, 44)]) must(faults.length === 0, faults.join("\n"));
    const high = await checker.page.evaluate(() => parseFloat(getComputedStyle(document.querySelector(".say h1")).fontSize));
    must(high >= 120, `the word is read at two metres: ${high} px`);
    await checker.page.waitForSelector(".gate.idle", { timeout: 10_000 }).catch(() => undefined);
  });
}
