// A phone that came by one officer's code beside a passkey is new for a day: it says so, and no more when the passkey
// vouches for it on the account page (R11). Both languages, 360 px.
import { authenticator, joined, looked, named, officer } from "./account.mjs";
import { openBrowser } from "./browser.mjs";
import { must, Resident } from "./people.mjs";

export const stories = [
  { name: "a new phone waits until a passkey vouches for it (中文)", run: (town) => vouched(town, "zh-CN") },
  { name: "a new phone waits until a passkey vouches for it (English)", run: (town) => vouched(town, "en-GB") },
];

const W = {
  "zh-CN": { fresh: "是新登记的", own: "是我的手机" },
  "en-GB": { fresh: "This phone is new", own: "This phone is mine" },
};

async function vouched(town, lang) {
  const w = W[lang];
  const { context, close } = await openBrowser({ lang });
  const page = context.pages()[0] ?? (await context.newPage());
  let me;
  try {
    await authenticator(context, page);
    const url = named(town);
    const account = await joined(page, url, town.codes.pop());
    const system = await officer(town, "system");
    const { code } = await system(`/residents/${account.id}/enrolment-codes`, {});
    me = await Resident.enrol(town.url, code, { lang });
    await me.open("me");
    must((await me.page.textContent("main")).includes(w.fresh), "the phone says that it is new");
    await me.page.setViewportSize({ width: 360, height: 780 });
    await looked(me.page, `young-me-${lang}`);

    await page.goto(`${url}/account`);
    must((await page.textContent("main")).includes(w.own), "the account page has the press");
    await page.setViewportSize({ width: 360, height: 780 });
    await looked(page, `young-account-${lang}`);
    await page.click(`button:has-text("${w.own}")`);
    await page.waitForURL((to) => to.pathname === "/account", { timeout: 20_000 });
    must(!(await page.textContent("main")).includes(w.own), "a passkey of a moment ago vouches at once");

    await me.page.reload();
    await me.page.waitForTimeout(1_500);
    must(!(await me.page.textContent("main")).includes(w.fresh), "and the phone waits no more");
    must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await close(); await me?.close(); }
}
