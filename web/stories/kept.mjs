// A sign-in that is kept on one's own device, in two pages at once; a change of one's number that waits and is stopped; the line
// at the passwords. Both languages, 360 px, large type; pictures go to YIMA_SHOTS where that is set.
import { joined, looked, named, newAuthenticator } from "./account.mjs";
import { openBrowser } from "./browser.mjs";
import { must } from "./people.mjs";

export const stories = [
  { name: "a sign-in is kept on one's own device and ended there (中文)", run: (town) => kept(town, "zh", "normal") },
  { name: "a sign-in is kept on one's own device and ended there (English, large type)", run: (town) => kept(town, "en", "large") },
  { name: "a change of number waits and is stopped (中文, large type)", run: (town) => number(town, "zh", "large") },
  { name: "a change of number waits and is stopped (English)", run: (town) => number(town, "en", "normal") },
  { name: "who finds no room for a password keeps a place in a line", run: line },
];

/** Debug builds hash slowly: a line forms as soon as so many come at once. */
const CROWD = 24;

async function sitting(town, lang, size, story) {
  const { context, close } = await openBrowser({ lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const page = context.pages()[0] ?? (await context.newPage());
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error" && /Content Security Policy/.test(m.text())) problems.push(m.text()); });
  const at = (path) => page.waitForURL((to) => to.pathname === path, { timeout: 20_000 });
  try {
    await story({ page, context, at, url: named(town), look: (name) => looked(page, `${name}-${lang}-${size}`, size === "large" ? 60 : 44) });
    must(problems.length === 0, problems.join("\n"));
  } finally { await close(); }
}

const kept = (town, lang, size) => sitting(town, lang, size, async ({ page, context, at, url, look }) => {
  await newAuthenticator(context, page);
  await joined(page, url, town.codes.pop(), `lang=${lang}&size=${size}`);
  await look("kept-before");
  await page.click("form[data-keep] button");
  await page.waitForSelector('form[action^="/account/kept/"][action$="/end"]');
  must((await page.locator("form[data-keep]").count()) === 0, "this device is kept already");
  await look("kept");

  // The session is over, as in the morning: two pages that open at once are both signed in again, and the key is not lost.
  const away = () => context.clearCookies({ name: "ys" });
  await away();
  const other = await context.newPage();
  await Promise.all([page.goto(`${url}/account/apps`), other.goto(`${url}/account/number`)]);
  await Promise.all([at("/account/apps"), other.waitForURL((to) => to.pathname === "/account/number", { timeout: 20_000 })]);
  await other.close();
  await away();
  await page.goto(`${url}/account`);
  await at("/account");
  await page.waitForSelector('form[action^="/account/kept/"]');

  // Signed out is signed out: the page of signing in stays.
  await page.click('a[href="/account/sign-out"]');
  await at("/account/sign-out");
  await page.click("main button");
  await at("/account/sign-in");
  await page.waitForFunction(() => new Promise((done) => {
    const opened = indexedDB.open("yima-kept", 1);
    opened.onsuccess = () => { const all = opened.result.transaction("keys").objectStore("keys").count(); all.onsuccess = () => { opened.result.close(); done(all.result === 0); }; };
  }));
  must(new URL(page.url()).pathname === "/account/sign-in", "nobody is signed in by itself after signing out");
});

const number = (town, lang, size) => sitting(town, lang, size, async ({ page, context, at, url, look }) => {
  await newAuthenticator(context, page);
  await joined(page, url, town.codes.pop(), `lang=${lang}&size=${size}`);
  await page.goto(`${url}/account/number`);
  await look("number");
  await page.fill('input[name="to"]', "13900001234");
  await page.click('form:has(input[name="to"]) button');
  await page.waitForSelector('input[name="ask"]', { state: "attached" });
  await look("number-digits");
  const inbox = async () => (await (await fetch(`${town.server}/api/v1/demo`)).json()).messages;
  const text = (await inbox()).find((one) => one.to.endsWith("1234")).text;
  await page.fill('input[name="digits"]', /\d{6}/.exec(text)[0]);
  await page.click('form[action$="/digits"] button');
  await page.waitForSelector('form[action$="/stop"]');
  await look("number-waits");
  const link = (await inbox()).map((one) => /stop\?link=([\w-]+)/.exec(one.text)?.[1]).find(Boolean);
  await page.goto(`${url}/account`);
  await look("number-account");
  await page.goto(`${url}/account/number/stop?link=${link}`);
  await look("number-stop");
  await page.click("main form button");
  await page.waitForSelector("main .notice");
  await look("number-stopped");
  await page.goto(`${url}/account/number`);
  must((await page.locator('form[action$="/stop"]').count()) === 0, "nothing waits any more");
});

async function line(town) {
  for (const [lang, size] of [["zh", "normal"], ["en", "large"]]) {
    await sitting(town, lang, size, async ({ page, url, look }) => {
      await page.goto(`${url}/account/sign-in?lang=${lang}&size=${size}`);
      await page.click("details >> nth=0 >> summary");
      // A crowd of its own browsers types at once; each needs the mark of its page.
      const crowd = async () => {
        const shown = await fetch(`${url}/account/sign-in`);
        const cookie = shown.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
        const mark = /name="mark" value="([^"]+)"/.exec(await shown.text())[1];
        return () => fetch(`${url}/account/sign-in`, {
          method: "POST", redirect: "manual", headers: { cookie, origin: url, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ mark, identifier: "nobody.here", password: "not a password", digits: "000000" }),
        }).then((answer) => answer.status);
      };
      const ready = await Promise.all(Array.from({ length: CROWD }, crowd));
      await page.fill('details[open] input[name="identifier"]', "nobody.here");
      await page.fill('details[open] input[name="password"]', "not a password");
      await page.fill('details[open] input[name="digits"]', "000000");
      const sent = ready.map((type) => type());
      await page.click("details[open] form button");
      await page.waitForSelector("[data-again]");
      await look("line");
      const statuses = await Promise.all(sent);
      must(statuses.includes(503) && statuses.includes(403), `some wait and some are answered: ${statuses}`);
      // It opens the form by itself when it is this browser's turn.
      await page.waitForSelector('input[name="ticket"]', { state: "attached", timeout: 30_000 });
      await look("line-turn");
    });
  }
}
