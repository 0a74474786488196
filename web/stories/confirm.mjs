// A checker asks, the holder answers on their own phone: confirm, not me, and who vouches for the code on a checker's screen.
// Both pages against a real server; pictures go to YIMA_SHOTS where that names a directory.
import { createHmac } from "node:crypto";
import { layoutFaults, violations } from "./axe.mjs";
import { meet, poster, siteOf } from "./checker.mjs";
import { Checker, expect, must } from "./people.mjs";

export const stories = [
  { name: "a phone names who vouches for a challenge, and says when nobody does", run: vouched },
  { name: "a large-grid code above level low waits for the holder, who confirms (中文)", run: (town) => asked(town, "zh-CN", true) },
  { name: "a large-grid code above level low waits for the holder, who confirms (English)", run: (town) => asked(town, "en-GB", true) },
  { name: "not me: the checker is told, and the code is dead (中文)", run: (town) => asked(town, "zh-CN", false) },
  { name: "the question in large type", run: largeType },
  { name: "a gate's screen waits, and whoever stands there may stop it", run: stopWaiting },
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

/** Six digits of this moment (RFC 6238), as an authenticator app would show them. */
export function totp(secret) {
  const bits = [...secret.replace(/=+$/, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A gate that nobody has set up yet, at the desk of the hospital. */
async function newGate(town) {
  const who = town.demo.sign_ins.system;
  const post = (path, body, headers = {}) => fetch(`${town.server}/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  const session = await post("/operators/sign-in", { name: who.name, password: who.password, totp: totp(who.totp_secret) });
  must(session.ok, `the operator signs in: ${session.status}`);
  const cookie = session.headers.get("set-cookie").split(";")[0];
  return (await post("/gates", { name: "新柜台", site: town.gate("hospital").site }, { cookie })).json();
}

async function vouched(town) {
  const { key } = await newGate(town);
  await meet(town, "hospital", {}, async (resident) => {
    const checker = await Checker.signIn(town.url, key), other = await Checker.signIn(town.url, key);
    try {
      await checker.page.waitForSelector(".challenge svg.qr");
      await checker.page.waitForTimeout(3_000);
      await resident.scanImage(await checker.challengePhoto());
      await resident.page.waitForSelector('[data-vouched="yes"]', { timeout: 15_000 });
      await shot(resident.page, "vouched");
      expect(await checker.checkImage(await resident.photo()), { verdict: "valid", online: true }, "the answer");
      // Another device with the same gate's password has no key of that gate: what it shows is answered, and nobody vouches for it.
      await resident.scanImage(await other.challengePhoto());
      await resident.page.waitForSelector('.note.late:has-text("没有人为这个码担保")', { timeout: 15_000 });
      await shot(resident.page, "unvouched");
    } finally { await checker.close(); await other.close(); }
  });
}
