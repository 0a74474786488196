// A kiosk at a counter, and a second device: an officer begins a visit, the kiosk does what it lists and forgets; a signed-in
// device lets another one in. Both languages, 360 px, one of them in large type; no page of a kiosk has a script.
import { joined, looked, named, newAuthenticator, officer } from "./account.mjs";
import { openBrowser } from "./browser.mjs";
import { must } from "./people.mjs";

export const stories = [
  { name: "help at a counter and another device (中文)", run: (town) => counter(town, "zh-CN", "size=normal", 44) },
  { name: "help at a counter and another device (English)", run: (town) => counter(town, "en-GB", "size=large", 60) },
];

async function counter(town, lang, size, target) {
  const own = await openBrowser({ lang });
  const page = own.context.pages()[0] ?? (await own.context.newPage());
  const url = named(town);
  try {
    await newAuthenticator(own.context, page);
    const me = await joined(page, url, town.codes.pop(), size);
    await visit(town, { url, lang, size, target, number: me.id_number });
    await secondDevice({ page, url, lang, size, target });
  } finally { await own.close(); }
}

async function visit(town, { url, lang, size, target, number }) {
  const { context, close } = await openBrowser({ lang });
  const kiosk = context.pages()[0] ?? (await context.newPage());
  try {
    const system = await officer(town, "system");
    await kiosk.goto(`${url}/account/visit?${size}`);
    await looked(kiosk, `visit-code-${lang}`, target);
    await kiosk.fill('input[name="code"]', "2222-2222");
    await kiosk.click("main button");
    await kiosk.waitForSelector("[role=alert]");
    await looked(kiosk, `visit-wrong-${lang}`, target);
    const deeds = ["change_settings", "withdraw_app", "explain_data", "stop_request", "end_session"];
    const begun = await system("/manage/visits", { id_number: number, face: true, site: town.demo.gates[0].site, kiosk: "1", deeds });
    await kiosk.fill('input[name="code"]', begun.code);
    await kiosk.click("main button");
    await kiosk.waitForSelector('form[action="/account/visit/end"]');
    must((await kiosk.locator("script").count()) === 0, "no script at a kiosk");
    await kiosk.fill("textarea", "谁看过我的记录？");
    await kiosk.click('form[action="/account/visit/explain"] button');
    await kiosk.waitForSelector('form[action$="/stop"]');
    await looked(kiosk, `visit-${lang}`, target);
    await kiosk.click('form[action="/account/visit/sessions/end"] button');
    await kiosk.waitForFunction(() => !document.querySelector('form[action="/account/visit/sessions/end"]'));
    await kiosk.click('form[action="/account/visit/end"] button');
    await kiosk.waitForSelector('main a[href="/account/visit"]');
    await looked(kiosk, `visit-over-${lang}`);
    must((await context.cookies()).every((one) => one.value === ""), "the kiosk forgot everything");
  } finally { await close(); }
}

async function secondDevice({ page, url, lang, size, target }) {
  const { context, close } = await openBrowser({ lang });
  const fresh = context.pages()[0] ?? (await context.newPage());
  try {
    await newAuthenticator(context, fresh);
    await fresh.goto(`${url}/account/recover?${size}`);
    await fresh.click("main button");
    await fresh.waitForSelector(".key b");
    await looked(fresh, `let-in-letters-${lang}`, target);
    const letters = (await fresh.textContent(".key b")).trim();
    // The visit ended this browser's session; its passkey opens another one.
    await page.goto(`${url}/account/sign-in?next=${encodeURIComponent(`/account/let-in?n=${letters}`)}`);
    await page.click("form[data-passkey] button");
    await page.waitForSelector('input[name="sure"]');
    await looked(page, `let-in-${lang}`, target);
    await page.check('input[name="sure"]');
    await page.click('form[action="/account/let-in"] button');
    await page.waitForFunction(() => document.querySelector("main form") === null);
    await looked(page, `let-in-done-${lang}`, target);
    await fresh.click("main a.btn");
    await fresh.waitForSelector("form[data-passkey]");
    await looked(fresh, `let-in-new-${lang}`, target);
    await fresh.click("form[data-passkey] button");
    await fresh.waitForURL((to) => to.pathname === "/account", { timeout: 20_000 });
    must((await page.goto(`${url}/account`)).status() === 200, "the old device stays signed in");
    must((await page.locator('form[action$="/remove"]').count()) === 2, "two passkeys are listed");
  } finally { await close(); }
}
