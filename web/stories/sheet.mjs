// Whoever has no phone: two officers agree, the kiosk prints a sheet of ten codes, and one of them signs in, once. Both languages,
// 360 px, large type. It reads the paper by pdftotext, as the tests of the sheet do.
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joined, looked, named, newAuthenticator, twoOfficers } from "./account.mjs";
import { openBrowser } from "./browser.mjs";
import { must } from "./people.mjs";

export const stories = [
  { name: "a printed sheet of ten codes, of which each signs in once (中文)", run: (town) => sheet(town, "zh-CN", "size=normal", 44) },
  { name: "a printed sheet of ten codes, of which each signs in once (English)", run: (town) => sheet(town, "en-GB", "size=large", 60) },
];

/** The codes on the paper, two groups of five digits each; 12345 is the telephone line. */
function codesOn(file) {
  const words = execFileSync("pdftotext", ["-raw", file, "-"], { encoding: "utf8" }).split(/\s+/);
  const five = (word) => /^\d{5}$/.test(word);
  return words.flatMap((word, n) => (five(word) && five(words[n + 1] ?? "") ? [`${word} ${words[n + 1]}`] : []));
}

/** Presses, and takes what the browser would show and print: a viewer of PDF gives nothing back. */
async function printed(kiosk) {
  const file = join(mkdtempSync(join(process.env.YIMA_SHOTS ?? tmpdir(), "sheet-")), "sheet.pdf");
  await kiosk.route("**/account/recover/sheet", async (route) => {
    // What the browser adds by itself, and a fetch on its behalf does not.
    const headers = { ...route.request().headers(), "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    const answer = await route.fetch({ headers });
    writeFileSync(file, await answer.body());
    await route.fulfill({ status: answer.status(), contentType: "text/plain", body: answer.headers()["content-type"] });
  });
  await kiosk.click("form[action='/account/recover/sheet'] button");
  await kiosk.waitForURL((to) => to.pathname === "/account/recover/sheet");
  must((await kiosk.textContent("body")) === "application/pdf", "a PDF comes, once");
  return file;
}

async function sheet(town, lang, size, target) {
  const url = named(town);
  const own = await openBrowser({ lang });
  const page = own.context.pages()[0] ?? (await own.context.newPage());
  let me;
  try {
    const keys = await newAuthenticator(own.context, page);
    me = await joined(page, url, town.codes.pop(), size);
    await keys.end();
  } finally { await own.close(); }

  const { context, close } = await openBrowser({ lang });
  const kiosk = context.pages()[0] ?? (await context.newPage());
  const at = (path) => kiosk.waitForURL((to) => to.pathname === path, { timeout: 20_000 });
  try {
    await kiosk.goto(`${url}/account/recover?${size}`);
    await twoOfficers(town, kiosk, me.id, lang, target);
    await kiosk.click("details:has(form[action$='/sheet']) summary");
    await looked(kiosk, `sheet-print-${lang}`, target);
    const paper = await printed(kiosk);
    const codes = codesOn(paper);
    must(new Set(codes).size === 10, `ten codes stand on the paper: ${codes.length}`);
    await kiosk.goto(`${url}/account`);
    await at("/account/sign-in");

    const signIn = async (code) => {
      await kiosk.goto(`${url}/account/sign-in/sheet?${size}`);
      await kiosk.fill('input[name="identifier"]', me.id_number);
      await kiosk.fill('input[name="code"]', code);
      await looked(kiosk, `sheet-sign-in-${lang}`, target);
      await kiosk.click("main form button.primary");
    };
    await signIn(codes[0]);
    await at("/account");
    must((await kiosk.textContent("main")).includes(lang.startsWith("zh") ? "还剩 9" : "9 "), "nine are left");
    await looked(kiosk, `sheet-account-${lang}`, target);
    await context.clearCookies();
    await signIn(codes[0]);
    await kiosk.waitForSelector("main [role=alert]:not([hidden])");
    await looked(kiosk, `sheet-used-${lang}`, target);
  } finally { await close(); }
}
