// Takes a picture of every state of the resident's and the checker's page against a stand-in server, to be looked at.
// node stories/shots.mjs [directory] [name…]
import { mkdirSync, readFileSync } from "node:fs";
import { openBrowser } from "./browser.mjs";
import { fake, state } from "./fake.mjs";
import { serve } from "./serve.mjs";

const [dir = "shots", ...only] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
const { url, close } = await serve(fake);
const words = JSON.parse(readFileSync(new URL("../../vectors/reasons.json", import.meta.url)));
const problems = [];

async function sitting(options, story) {
  const { context, close: shut } = await openBrowser(options);
  const page = context.pages()[0] ?? (await context.newPage());
  page.on("console", (m) => { if (m.type() === "error" && !/404|Failed to load resource|ERR_INTERNET/.test(m.text())) problems.push(m.text()); });
  page.on("pageerror", (e) => problems.push(String(e)));
  const shot = async (name) => { if (only.length && !only.some((o) => name.startsWith(o))) return; await page.waitForTimeout(450); await page.screenshot({ path: `${dir}/${name}.png` }); };
  await story(page, shot, context).catch((e) => problems.push(String(e)));
  await shut();
}

async function enrol(page) {
  await page.goto(url);
  await page.fill('input[name="code"]', "7KQ2-9XWM-4TRB-6HPD");
  await page.click("button.primary");
  await page.waitForSelector("svg.qr");
}

await sitting({}, async (page, shot, context) => {
  await page.goto(url);
  await page.waitForSelector("input");
  await shot("r01-enrol");
  await page.fill('input[name="code"]', "BAD");
  await page.click("button.primary");
  await page.waitForSelector(".wrong");
  await shot("r02-enrol-wrong");
  await page.click('.pick label:has-text("用身份证办")');
  await page.fill('input[name="name"]', "演示人");
  await page.fill('input[name="id"]', "000000000000000000");
  await page.click("button.primary");
  await page.waitForSelector(".inbox li");
  await shot("r03-enrol-otp");
  await enrol(page);
  await shot("r04-home");
  await page.click('.chips button:has-text("公交")');
  await shot("r05-home-bus");
  await page.click('.hint button:has-text("大格码")');
  await shot("r06-home-t0");
  await page.click('.chips button:has-text("就医")');
  await shot("r07-scan-first");
  await page.click('.chips button:has-text("更多")');
  await shot("r08-places");
  await page.keyboard.press("Escape");
  await page.click('.hint button:has-text("报短号")');
  await page.click("dialog .btn.primary");
  await shot("r09-number");
  await page.click('dialog .btn:has-text("关闭")');
  await page.click('.chips button:has-text("通用")');
  await context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event("offline")));
  await shot("r10-offline");
  await context.setOffline(false);
  await page.click('.tabs a:has-text("我的数据")');
  await page.waitForSelector(".look");
  await shot("r11-record");
  await page.click('.pick label:has-text("授权")');
  await page.waitForSelector(".card .line");
  await shot("r12-consents");
  await page.click('.card .btn:has-text("看看它想看什么")');
  await shot("r13-consent-letter");
  await page.click('dialog .btn:has-text("都不同意")');
  await page.click('.tabs a:has-text("我的"):not(:has-text("数据"))');
  await shot("r14-me");
  await page.click('.btn.stop >> nth=1');
  await shot("r15-end-device");
  await page.keyboard.press("Escape");
  await page.click('.tabs a:has-text("扫码")');
  await shot("r16-scan-nocamera");
  await page.goto(`${url}/#/`);
  await page.click(".tool >> nth=0");
  await page.waitForSelector("svg.qr");
  await shot("r17-elder");
  await page.click(".use");
  await shot("r18-elder-places");
  await page.keyboard.press("Escape");
  await page.click(".foot button");
  await page.click(".tool >> nth=1");
  await shot("r19-english");
  await page.goto(`${url}/#/data`);
  await page.waitForSelector(".look");
  await shot("r20-record-english");
  await page.goto(`${url}/#/me`);
  await shot("r21-me-english");
});
await sitting({ dark: true }, async (page, shot) => {
  await enrol(page);
  await shot("r30-dark");
  await page.goto(`${url}/#/data`);
  await page.waitForSelector(".look");
  await shot("r31-dark-record");
});
for (const [width, height] of [[360, 640], [390, 844], [820, 1180], [1280, 800]]) {
  await sitting({ width, height }, async (page, shot) => { await enrol(page); await shot(`r40-${width}`); });
}

const VERDICTS = [
  ["valid", { verdict: "valid", title: words.valid.plain.title, advice: words.valid.plain.advice, age_band: 7 }],
  ["replayed", { verdict: "refused", reason: "replayed", ...words.reasons.replayed }],
  ["scenario", { verdict: "refused", reason: "wrong_scenario", ...words.reasons.wrong_scenario }],
  ["unknown", { verdict: "could_not_check", reason: "bundle_stale", ...words.reasons.bundle_stale }],
];
for (const [name, width, height] of [["phone", 360, 780], ["gate", 1024, 600]]) {
  await sitting({ width, height, scale: name === "gate" ? 1 : 2 }, async (page, shot) => {
    await page.goto(`${url}/check`);
    await page.waitForSelector("input");
    if (name === "phone") await shot("c01-sign");
    await page.goto(`${url}/check#gate=ygk_demo`);
    await page.reload();
    await page.waitForSelector(name === "gate" ? ".gate.idle" : ".take .bar");
    await shot(`c02-${name}`);
    for (const lang of ["zh", "en"]) {
      if (lang === "en") { await page.evaluate(() => localStorage.setItem("yima.looks", JSON.stringify({ lang: "en" }))); await page.reload(); await page.waitForSelector(".take, .gate.idle"); await shot(`c02-${name}-en`); }
      for (const [kind, verdict] of VERDICTS) {
        state.verdict = verdict;
        await page.waitForSelector(".take, .gate.idle");
        await page.evaluate(() => document.activeElement?.blur());
        await page.keyboard.type("402913857716", { delay: 5 });
        await page.keyboard.press("Enter");
        await page.waitForSelector(".say[data-verdict]");
        await shot(`c10-${name}-${lang}-${kind}`);
        await page.click(name === "gate" ? ".quiet" : ".acts .primary");
      }
    }
    if (name === "phone") {
      await page.click(".shift");
      await shot("c20-history");
      await page.keyboard.press("Escape");
      await page.click('.bar button:has-text("Settings")');
      await shot("c21-menu");
      await page.keyboard.press("Escape");
      await page.click('.ways .btn >> nth=0');
      await shot("c22-typed");
    }
  });
}
close();
for (const problem of problems) console.error(problem);
console.log(`pictures in ${dir}, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
