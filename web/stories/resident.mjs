// What a resident does alone with the page: enrol, show, switch, look back, take back; in both languages, in large type, with a wrong clock.
import { layoutFaults, violations } from "./axe.mjs";
import { must, Resident } from "./people.mjs";

const clean = async (page, where, target = 44) => {
  const found = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(found.length === 0, `${where}:\n  ${found.join("\n  ")}`);
};

async function withResident(town, options, story) {
  const me = await Resident.enrol(town.url, town.codes.shift(), options);
  try {
    await story(me, me.page);
    must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await me.close(); }
}

export const stories = [
  { name: "resident: every page is clean for axe-core, with targets of 44 px, at 360 px, in Chinese", run: (town) => withResident(town, {}, (me, page) => everyPage(me, page, "zh")) },
  { name: "resident: the same in English, in the dark", run: (town) => withResident(town, { lang: "en-GB", dark: true }, (me, page) => everyPage(me, page, "en")) },
  { name: "resident: large type is a page of its own with targets of 60 px and words of 20 px", run: (town) => withResident(town, {}, largeType) },
  { name: "resident: a code renews by itself and changes when asked", run: (town) => withResident(town, {}, renews) },
  { name: "resident: a phone three minutes slow is told so", run: (town) => withResident(town, { slowBy: 185 }, slowPhone) },
  { name: "resident: gives a consent item by item and takes it back in one touch", run: (town) => withResident(town, {}, consents) },
  { name: "resident: switches the short number off and on", run: (town) => withResident(town, {}, switches) },
  { name: "resident: the page opens and shows without a network", run: (town) => withResident(town, {}, offline) },
  { name: "resident: a wrong enrolment code is refused calmly", run: wrongCode },
];

async function everyPage(me, page, lang) {
  const word = (zh, en) => (lang === "zh" ? zh : en);
  await clean(page, "show");
  must((await page.getAttribute("html", "lang")) === word("zh-CN", "en-GB"), "the page says its language");
  await page.click(".chips button >> nth=-1");
  await clean(page, "the list of places");
  await page.keyboard.press("Escape");
  for (const route of ["scan", "data", "me"]) {
    await me.open(route);
    await page.waitForTimeout(800);
    await clean(page, route);
  }
  await me.open("data");
  await page.click(`.pick label:has-text("${word("授权", "Consents")}")`);
  await page.waitForTimeout(600);
  await clean(page, "consents");
}

async function largeType(me, page) {
  await page.click(".tool >> nth=0");
  await page.waitForSelector(".bigs");
  await clean(page, "large type", 60);
  const small = await page.evaluate(() => [...document.querySelectorAll("main *")].filter((e) => e.children.length === 0 && e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 20).map((e) => e.textContent));
  must(small.length === 0, `too small to read: ${small.join(", ")}`);
  must((await page.locator("svg.qr").count()) === 1, "the code is already open");
}

async function renews(me, page) {
  const path = () => page.getAttribute("svg.qr path", "d");
  const first = await path();
  await me.renew();
  const second = await path();
  must(first !== second, "a press on Renew takes another code");
  await page.waitForFunction((d) => document.querySelector("svg.qr path")?.getAttribute("d") !== d, second, { timeout: 40_000 });
  const box = await page.locator("svg.qr").boundingBox();
  must(Math.abs((box.width / 57) * 2 - Math.round((box.width / 57) * 2)) < 0.01, `modules are whole device pixels: ${box.width / 57}`);
}

async function slowPhone(me, page) {
  await page.waitForSelector(".note.late");
  const said = await page.textContent(".note.late b");
  must(/慢了 3 分钟/.test(said), `the minutes are named: ${said}`);
}

async function consents(me, page) {
  await me.open("data");
  await page.click('.pick label:has-text("授权")');
  await page.click('.btn:has-text("看看它想看什么") >> nth=0');
  const picks = page.locator("dialog .claim .pick");
  const count = await picks.count();
  for (let i = 0; i < count; i++) await picks.nth(i).locator("label").nth(i === 0 ? 0 : 1).click();
  await clean(page, "the letter");
  await page.click("dialog .both .primary");
  await page.waitForSelector('.btn.stop:has-text("停止授权")');
  await page.click('.btn.stop:has-text("停止授权")');
  await page.waitForSelector('.note:has-text("已停止")');
  await page.waitForSelector('text=没有正在生效的授权');
}

async function switches(me, page) {
  await me.open("me");
  const line = page.locator('.line:has-text("短号")');
  await line.locator('label:has-text("关掉")').click();
  await page.waitForTimeout(800);
  await me.open("");
  await me.choose("图书馆");
  await page.click('.hint button:has-text("报短号")');
  await page.click("dialog .btn.primary");
  await page.waitForSelector("dialog .wrong");
  await page.keyboard.press("Escape");
  await me.open("me");
  await page.locator('.line:has-text("短号")').locator('label:has-text("能用")').click();
  await page.waitForTimeout(800);
  await me.open("");
  await page.click('.hint button:has-text("报短号")');
  await page.click("dialog .btn.primary");
  await page.waitForSelector("dialog .number");
}

async function offline(me, page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForTimeout(1500);
  await me.offline(true);
  await page.reload();
  await page.waitForSelector(".plate svg.qr");
  await page.waitForSelector('.note:has-text("没有网络，码照常能用")');
  await clean(page, "offline");
  await me.offline(false);
}

async function wrongCode(town) {
  const { openBrowser } = await import("./browser.mjs");
  const { context, close } = await openBrowser({});
  try {
    const page = context.pages()[0];
    await page.goto(town.url);
    await page.fill('input[name="code"]', "AAAA-BBBB-CCCC-DDDD");
    await page.click("button.primary");
    await page.waitForSelector(".wrong");
    await clean(page, "a refused enrolment");
  } finally { await close(); }
}
