// An officer with a phone: accepts a post, shows the office's code at a counter that asks for it, and at one that does not; and signs
// another screen in by the code of the phone. Both languages, 360 px, large type; pictures go to YIMA_SHOTS where that is set.
import { looked, joined, named, newAuthenticator, officer } from "./account.mjs";
import { layoutFaults, violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { poster } from "./checker.mjs";
import { Checker, expect, must, Resident } from "./people.mjs";

const clean = async (page, where, target = 44) => {
  const found = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(found.length === 0, `${where}:\n  ${found.join("\n  ")}`);
};
const shot = async (page, name, whole = false) => { if (process.env.YIMA_SHOTS) { await page.waitForTimeout(300); await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}.png`, fullPage: whole }); } };

const W = {
  zh: { office: "省档案馆", desk: "政务大厅", show: "出示", for: "以公务身份出示", here: "在这里亮码", large: "大格码", yes: "确认", seen: "公务身份：省档案馆 经办人", blind: "以公务身份出示", told: "联网时还看到单位和职务" },
  en: { office: "Provincial Archives", desk: "Service hall", show: "Show", for: "As an officer", here: "Show my code here", large: "large grid", yes: "Confirm", seen: "officer of Provincial Archives, Case handler", blind: "shown as an officer of an office", told: "Online, your office and post too" },
};

export const stories = [
  ...["zh", "en"].map((lang) => ({ name: `officer: the code of an office from the post to two checkers, in ${lang}`, run: (town) => office(town, lang) })),
  ...["zh", "en"].map((lang) => ({ name: `screen: a resident code signs another screen in, in ${lang}`, run: (town) => screen(town, lang) })),
];

/** A phone whose browser has a passkey of the account and, on the first page, the resident code. */
async function phoneOf(town, lang) {
  const { context, close } = await openBrowser({ lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const page = context.pages()[0] ?? (await context.newPage());
  await newAuthenticator(context, page);
  const url = named(town);
  const { id } = await joined(page, url, town.codes.pop());
  const { code } = await (await officer(town, "system"))(`/residents/${id}/enrolment-codes`, {});
  await page.goto(url);
  await page.fill('input[name="code"]', code);
  await page.click("button.primary");
  await page.waitForSelector(".plate svg.qr", { timeout: 30_000 });
  // The passkey of a moment ago vouches for it, or an office's codes would wait a day.
  await page.goto(`${url}/account`);
  await page.click('form[action$="/vouch"] button');
  await page.waitForFunction(() => document.querySelector('form[action$="/vouch"]') === null);
  return { id, url, me: new Resident(page, context, close, url) };
}

async function office(town, lang) {
  const w = W[lang];
  const { id: resident, url, me } = await phoneOf(town, lang);
  const system = await officer(town, "system");
  const { id } = await system("/organisations", { kind: "department", name: w.office, region: "370000", source: "story" });
  await system(`/organisations/${id}/posts`, { resident, role: "handler" });
  const place = await system("/places", { name: { zh: w.desk, en: w.desk }, scenario: "window", region: "370102" });
  const desk = await system("/gates", { name: "desk", site: place.site });
  const window = await Checker.signIn(town.url, desk.key, { lang: lang === "zh" ? "zh-CN" : "en-GB" });
  try {
    const { page } = me;
    await page.goto(`${url}/account/posts`);
    await page.click('form[action$="/accept"] button');
    await page.waitForFunction(() => document.querySelector('form[action$="/accept"]') === null);
    await looked(page, `o1-posts-${lang}`);
    await me.open("family");
    await page.waitForSelector(`.kin:has-text("${w.office}")`);
    await clean(page, "family, with a post");
    await shot(page, `o2-family-${lang}`, true);
    await page.click(`.kin .btn.primary:has-text("${w.show}")`);
    await page.waitForSelector(`.who small:has-text("${w.for}")`);
    await page.waitForSelector(".plate svg.qr", { timeout: 20_000 });
    await clean(page, "showing as an officer");
    await shot(page, `o3-shown-${lang}`);

    // At the counter: its manifest asks, so the phone says so, and the checker sees office and post.
    await me.scanImage(await poster(page, place.place_code));
    await page.click(`dialog .btn:has-text("${w.here}")`);
    await page.waitForSelector(".here");
    await page.click(`.still .textbtn:has-text("${w.large}")`);
    await page.waitForSelector(".plate svg.qr");
    must((await page.textContent(".sees")).includes(w.told), "the phone says what is seen");
    await page.waitForTimeout(500);
    await shot(page, `o4-at-the-window-${lang}`);
    await window.page.setInputFiles('.take input[type="file"]', { name: "code.png", mimeType: "image/png", buffer: await me.photo() });
    await page.waitForSelector(".ask", { timeout: 15_000 });
    await page.click(`.ask .btn:has-text("${w.yes}")`);
    expect(await window.verdict(), { verdict: "valid", online: true }, "at the window");
    must((await window.page.textContent(".say")).includes(w.seen), `the checker sees office and post: ${await window.page.textContent(".say")}`);
    await clean(window.page, "checked as an officer");
    await shot(window.page, `o5-checked-${lang}`);

    await page.click(".here .textbtn");
    await page.goto(`${url}/#/`);
    await page.click(".tool >> nth=0");
    await page.waitForSelector(".bigs");
    await clean(page, "large type, as an officer", 60);
    await shot(page, `o6-large-${lang}`);
    must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await window.close(); await me.close(); }
}

async function screen(town, lang) {
  const { url, me } = await phoneOf(town, lang);
  const { context, close } = await openBrowser({ lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const desktop = context.pages()[0] ?? (await context.newPage());
  try {
    await desktop.goto(`${url}/account/across?next=/account`);
    await desktop.click('.more a[href*="by=code"]');
    await desktop.waitForSelector("svg.symbol");
    await looked(desktop, `s1-screen-${lang}`);
    await me.scanImage(await desktop.locator("[data-again]").screenshot());
    await me.page.waitForSelector('[data-screen="asked"]', { timeout: 15_000 });
    await clean(me.page, "which screen it is");
    await shot(me.page, `s2-asked-${lang}`, true);
    await me.page.click('[data-screen="asked"] .btn.primary');
    await me.page.waitForTimeout(300);
    if (await me.page.locator('[data-screen="asked"] .btn.primary').count()) await me.page.click('[data-screen="asked"] .btn.primary').catch(() => {});
    await me.page.waitForSelector('[data-screen="allowed"]', { timeout: 15_000 });
    await clean(me.page, "confirmed");
    await shot(me.page, `s3-allowed-${lang}`, true);
    await desktop.waitForURL((to) => to.pathname === "/account", { timeout: 15_000 });
    await shot(desktop, `s4-signed-in-${lang}`, true);
    await desktop.goto(`${url}/account/across?size=large&by=code`);
    must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await close(); await me.close(); }
}
