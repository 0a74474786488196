// A resident's own account in the browser: join with a counter's code, a passkey of a virtual authenticator, sign out, sign in
// without a name, prove more, add and remove. Both languages, 360 px, large type; pictures go to YIMA_SHOTS where that is set.
import { layoutFaults, violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { totp } from "./confirm.mjs";
import { must, Resident } from "./people.mjs";

export const stories = [
  { name: "a passkey from the first code to its removal (中文)", run: (town) => passkey(town, "zh-CN") },
  { name: "a passkey from the first code to its removal (English)", run: (town) => passkey(town, "en-GB") },
  { name: "an account comes back by two officers, and a stop undoes it (中文)", run: (town) => recovery(town, "zh-CN", false) },
  { name: "an account comes back by two officers, and a stop undoes it (English)", run: (town) => recovery(town, "en-GB", true) },
  { name: "the account's pages in large type, with no script and with a password", run: largeType },
];

const in_ = (lang, zh, en) => (lang.startsWith("zh") ? zh : en);
const shot = async (page, name) => { if (process.env.YIMA_SHOTS) { await page.waitForTimeout(200); await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}.png`, fullPage: true }); } };
/** Passkeys are of a name, never of an IP address. */
export const named = (town) => town.server.replace("127.0.0.1", "localhost");

export async function authenticator(context, page, transport = "internal") {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
}

export async function looked(page, name, target = 44) {
  const faults = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(faults.length === 0, `${name}: ${faults.join("\n")}`);
  await shot(page, name);
}

/** Joins by an enrolment code, with a passkey of the page's authenticator; answers what the account's own copy says of it. */
export async function joined(page, url, code, looks = "") {
  const at = (path) => page.waitForURL((to) => to.pathname === path, { timeout: 20_000 });
  await page.goto(`${url}/account/join?${looks}`);
  await page.fill('input[name="code"]', code);
  await page.click("main button");
  await at("/account/join/ways");
  await page.click("form[data-passkey] button");
  await at("/account");
  return page.evaluate(async () => {
    const answer = await fetch("/api/v1/rights/copy", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ form: "json" }) });
    return (await answer.json()).account;
  });
}

async function passkey(town, lang) {
  const { context, close } = await openBrowser({ lang });
  const page = context.pages()[0] ?? (await context.newPage());
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error" && /Content Security Policy/.test(m.text())) problems.push(m.text()); });
  const at = (path) => page.waitForURL((url) => url.pathname === path, { timeout: 20_000 });
  try {
    await authenticator(context, page);
    const url = named(town);
    await page.goto(`${url}/account`);
    await at("/account/sign-in");
    await looked(page, `account-sign-in-${lang}`);
    await page.click('.more a[href="/account/join"]');
    await at("/account/join");
    await looked(page, `account-join-${lang}`);
    await page.fill('input[name="code"]', town.codes.pop());
    await page.click("main button");
    await at("/account/join/ways");
    await looked(page, `account-ways-${lang}`);
    await page.fill('form[data-passkey] input[name="name"]', in_(lang, "我的电脑", "My computer"));
    await page.click("form[data-passkey] button");
    await at("/account");
    must((await page.textContent(".list")).includes(in_(lang, "我的电脑", "My computer")), "the passkey is listed");
    await looked(page, `account-${lang}`);

    await page.click('a[href="/account/sign-out"]');
    await at("/account/sign-out");
    await looked(page, `account-sign-out-${lang}`);
    await page.click("main button");
    await at("/account/sign-in");
    await page.goto(`${url}/account/sign-in?next=/account/password`);
    await page.click("form[data-passkey] button");
    await at("/account/password");
    await looked(page, `account-password-${lang}`);

    // Proving more is asked for by hand here: the sign-in of a moment ago would do.
    await page.goto(`${url}/account/step-up?for=add-passkey&next=/account`);
    must((await page.textContent(".deed")).includes(in_(lang, "添加通行密钥", "Add a passkey")), "the page names the deed");
    await looked(page, `account-step-up-${lang}`);
    const before = (await context.cookies()).find((c) => c.name === "ys").value;
    await page.click("form[data-passkey] button");
    await at("/account");
    must((await context.cookies()).find((c) => c.name === "ys").value !== before, "a new secret after the rise");

    await acrossScreens(page, url, lang);

    // The last way stays; a second one, of another authenticator, can go.
    await page.click('form[action$="/remove"] button');
    await page.waitForSelector("[role=alert]");
    await looked(page, `account-last-${lang}`);
    await authenticator(context, page, "usb");
    await page.goto(`${url}/account/passkey/add`);
    await looked(page, `account-add-${lang}`);
    await page.fill('form[data-passkey] input[name="name"]', in_(lang, "平板", "Tablet"));
    await page.click("form[data-passkey] button");
    await at("/account");
    must((await page.locator('form[action$="/remove"]').count()) === 2, "two ways are listed");
    await looked(page, `account-two-${lang}`);
    await page.locator('form[action$="/remove"] button').nth(1).click();
    await page.waitForFunction(() => document.querySelectorAll('form[action$="/remove"]').length === 1);
    must(problems.length === 0, problems.join("\n"));
  } finally { await close(); }
}

/** Another screen shows a picture, this page's person lets it in, and it goes on by itself. */
async function acrossScreens(phone, url, lang) {
  const { context, close } = await openBrowser({ lang });
  const screen = context.pages()[0] ?? (await context.newPage());
  try {
    await screen.goto(`${url}/account/across?next=/account`);
    await looked(screen, `account-across-${lang}`);
    const again = await screen.getAttribute("[data-again]", "data-again");
    await phone.goto(`${url}/account/across/allow?c=${/[&?]c=([^&]+)/.exec(again)[1]}`);
    await looked(phone, `account-across-allow-${lang}`);
    await phone.click("main form button");
    await phone.waitForFunction(() => document.querySelector("main form") === null);
    await looked(phone, `account-across-done-${lang}`);
    await screen.waitForURL((to) => to.pathname === "/account", { timeout: 20_000 });
    must((await context.cookies()).some((c) => c.name === "ys"), "the other screen is signed in");
    await phone.goto(`${url}/account`);
  } finally { await close(); }
}

async function largeType(town) {
  for (const lang of ["zh", "en"]) {
    const { context, close } = await openBrowser({ lang: "zh-CN" });
    const page = context.pages()[0] ?? (await context.newPage());
    try {
      const url = named(town);
      await page.goto(`${url}/account/sign-in?lang=${lang}&size=large`);
      await looked(page, `account-large-sign-in-${lang}`, 60);
      await page.click("details >> nth=0 >> summary");
      await page.fill('details[open] input[name="identifier"]', "nobody.here");
      await page.fill('details[open] input[name="password"]', "not a password");
      await page.fill('details[open] input[name="digits"]', "000000");
      await page.click("details[open] button");
      await page.waitForSelector("[role=alert]");
      await looked(page, `account-large-refused-${lang}`, 60);
      await page.goto(`${url}/account/join`);
      await page.fill('input[name="code"]', town.codes.pop());
      await page.click("main button");
      await page.waitForURL((to) => to.pathname === "/account/join/ways");
      await page.click("details summary");
      await looked(page, `account-large-ways-${lang}`, 60);
    } finally { await close(); }
  }
}

/** Joins, loses the authenticator and a phone, comes back by two officers, signs in again; then one press stops that: in English on the phone, which shows codes again after it. */
async function recovery(town, lang, narrow) {
  const { context, close } = await openBrowser({ lang });
  const page = context.pages()[0] ?? (await context.newPage());
  const at = (path) => page.waitForURL((url) => url.pathname === path, { timeout: 20_000 });
  let phone;
  try {
    if (narrow) await page.setViewportSize({ width: 360, height: 740 });
    const url = named(town);
    let cdp = await newAuthenticator(context, page);
    const resident = (await joined(page, url, town.codes.pop()))?.id;
    must(/^res_/.test(resident ?? ""), "the account's own copy names it");

    // A phone of theirs shows codes, and stays in a taxi.
    const system = await officer(town, "system");
    phone = await Resident.enrol(town.url, (await system(`/residents/${resident}/enrolment-codes`, {})).code, { lang });

    // The other one falls into the river: its keys are gone, and so are the cookies.
    await cdp.end();
    await context.clearCookies();
    cdp = await newAuthenticator(context, page);
    await page.goto(`${url}/account/recover?lang=${in_(lang, "zh", "en")}`);
    await looked(page, `recover-${lang}`);
    const id = await twoOfficers(town, page, resident, lang);
    must((await page.locator('input[name="keep"][value^="dev_"]').count()) > 0, "the phone is listed");
    await looked(page, `recover-approved-${lang}`);
    await page.click("form[data-passkey] button");
    await at("/account");
    must((await page.textContent("main")).includes(in_(lang, "暂缓到", "wait until")), "the hold is said");
    await looked(page, `recover-account-${lang}`);
    await paused(phone, lang);
    await page.click('a[href="/account/sign-out"]');
    await at("/account/sign-out");
    await page.click("main button");
    await at("/account/sign-in");
    await page.click("form[data-passkey] button");
    await at("/account");

    // One press undoes it: the browser is signed out, the new passkey opens nothing, and the phone draws anew.
    if (narrow) await phone.page.click("main .btn.stop");
    else {
      await page.click(`form[action$="${id}/stop"] button`);
      await page.waitForSelector("main .notice");
      await looked(page, `recover-stopped-${lang}`);
      await phone.page.click("main .btn.again");
    }
    await phone.page.waitForSelector(".plate svg.qr", { timeout: 30_000 });
    must(phone.problems.length === 0, phone.problems.join("\n"));
    await page.goto(`${url}/account/sign-in`);
    await page.click("form[data-passkey] button");
    await page.waitForSelector("main [role=alert]:not([hidden])");
    await page.goto(`${url}/account/recover/stop?link=x`);
    await looked(page, `recover-stop-${lang}`);
    await cdp.end();
  } finally {
    await phone?.close();
    await close();
  }
}

/** The phone that was not ticked shows no code and says why, in large type too, and without a network. */
async function paused(phone, lang) {
  await phone.page.reload();
  await phone.page.waitForSelector("main .btn.stop");
  must((await phone.page.locator(".plate").count()) === 0, "a paused phone shows no code");
  await looked(phone.page, `phone-paused-${lang}`);
  await phone.page.click(".top .tool >> nth=0");
  await looked(phone.page, `phone-paused-large-${lang}`);
  await phone.page.click("footer.foot button");
  await phone.offline(true);
  await phone.page.reload();
  await phone.page.waitForSelector("main h1");
  must((await phone.page.locator(".plate").count()) === 0, "nor without a network");
  await phone.offline(false);
  await phone.page.reload();
  await phone.page.waitForSelector("main .btn.stop");
}

/** Two officers agree that the page that shows letters is this resident's. */
export async function twoOfficers(town, page, resident, lang, target = 44) {
  const system = await officer(town, "system"), security = await officer(town, "security");
  await page.click("main button");
  await page.waitForSelector(".key b");
  await looked(page, `recover-letters-${lang}`, target);
  const number = (await page.textContent(".key b")).trim();
  const begun = await system("/manage/recoveries", { resident, number, evidence: "身份证原件，人证一致" });
  await page.reload();
  await looked(page, `recover-asked-${lang}`, target);
  await security(`/manage/recoveries/${begun.id}/answer`, { yes: true });
  await page.click("main a.btn");
  await page.waitForSelector("form[data-passkey]");
  return begun.id;
}

export async function newAuthenticator(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return { end: () => cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }) };
}

/** An operator's session is kept over the stories: six digits are taken once. The cookie's name and value. */
const desks = {};
export async function seat(town, role) {
  const who = town.demo.sign_ins[role];
  const at = (path, more) => fetch(`${town.server}/api/v1/operators/${path}`, more);
  const kept = await desks[role];
  if (kept && (await at("me", { headers: { cookie: kept } })).ok) return kept;
  desks[role] = (async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const session = await at("sign-in", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: who.name, password: who.password, totp: totp(who.totp_secret) }) });
      if (session.ok) return session.headers.get("set-cookie").split(";")[0];
      await new Promise((go) => setTimeout(go, 30_500 - (Date.now() % 30_000)));
    }
    throw new Error(`${role} could not sign in`);
  })();
  return desks[role];
}

/** What an operator does through the API, where no page is the story. */
export async function officer(town, role) {
  const post = (path, body, headers = {}) => fetch(`${town.server}/api/v1${path}`, { method: body === undefined ? "GET" : "POST", headers: { "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  const cookie = await seat(town, role);
  return async (path, body) => {
    const answer = await post(path, body, { cookie });
    must(answer.ok, `${role} ${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
}
