// Draws every page of the console from the fixtures, in both languages and both grounds, as pictures for people to look at.
// node shoot.mjs [name…] writes /tmp/console-screens/*.png; YIMA_PAGES is the address of `vite` (default http://127.0.0.1:5173).
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { answer, enrolment, keys, me, signing } from "./fixtures.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OUT = process.env.YIMA_SCREENS ?? "/tmp/console-screens";
const [WIDTH, HEIGHT] = (process.env.YIMA_VIEWPORT ?? "1440x900").split("x");
const PAGES = process.env.YIMA_PAGES ?? "http://127.0.0.1:5173";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** name, role (null: nobody), address, what to do before the picture, answers that differ from the fixtures. */
const SCREENS = [
  ["sign-in", null, ""],
  ["sign-in-refused", null, "", async (page) => { await page.fill("#name", "admin"); await page.fill("#password", "x"); await page.fill("#totp", "123456"); await page.keyboard.press("Enter"); await page.waitForSelector(".said"); }],
  ["overview", "system", "#/overview"],
  ["overview-places", "system", "#/overview", async (page) => { await page.click(".map button"); }],
  ["overview-table", "audit", "#/overview", async (page) => { await page.click(".hours button"); }],
  ["residents", "system", "#/residents"],
  ["residents-none", "system", "#/residents", async (page) => { await page.fill(".bench input", "没有这个人"); await page.keyboard.press("Enter"); await page.waitForSelector(".empty"); }],
  ["resident", "system", "#/residents/res_01"],
  ["resident-code", "system", "#/residents/res_01", async (page) => { await page.click(".deeds .ant-btn-primary"); await page.waitForSelector(".once"); }],
  ["resident-death", "system", "#/residents/res_01", async (page) => { await page.click(".deeds .ant-btn-dangerous"); await page.waitForSelector(".ant-modal textarea"); await page.click(".two-ways .ant-btn-primary"); await page.waitForTimeout(300); }],
  ["resident-card", "system", "#/residents/res_01", async (page) => { await page.click(".card > header .ant-btn >> nth=1"); await page.waitForSelector(".choices"); }],
  ["resident-benefit", "system", "#/residents/res_01", async (page) => { await page.click('.card > header .ant-btn >> nth=0'); await page.waitForSelector('.ant-modal input[type="date"]'); }],
  ["resident-print", "system", "#/residents/res_01", async (page) => { await page.click(".card tbody button.press:has(svg)"); await page.waitForSelector(".ant-modal .choices"); }],
  ["scenarios", "system", "#/scenarios"],
  ["scenario", "system", "#/scenarios/hotel"],
  ["scenario-review", "security", "#/scenarios/bus?version=2"],
  ["scenario-propose", "system", "#/scenarios/bus", async (page) => { await page.click(".deeds .ant-btn"); await page.waitForSelector(".toml-edit"); await page.fill(".toml-edit", (await page.inputValue(".toml-edit")).replace("late_s = 172800", "late_s = 3600")); }],
  ["places", "system", "#/places"],
  ["place-add", "system", "#/places", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); }],
  ["gates", "system", "#/gates"],
  ["gate-key", "system", "#/gates", async (page) => { await page.click(".bench .ant-btn-primary"); await page.fill("#name", "东门 9 号"); await page.click("#site"); await page.keyboard.press("Enter"); await page.click(".ant-modal .ant-btn-primary"); await page.waitForSelector(".once"); }],
  ["uses", "audit", "#/uses"],
  ["audit", "audit", "#/audit"],
  ["audit-answer", "security", "#/audit"],
  ["audit-ask", "audit", "#/audit", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); }],
  ["audit-read", "audit", "#/audit", async (page) => { await page.click(".card tbody button.press"); await page.waitForSelector(".bench b"); }],
  ["keys", "security", "#/keys"],
  ["keys-system", "system", "#/keys"],
  ["keys-agree", "system", "#/keys", async (page) => { await page.click(".key-deeds tbody button.press"); await page.waitForSelector(".ant-modal .ant-checkbox"); }],
  ["keys-leak", "security", "#/keys", async (page) => { await page.click(".bench .ant-btn-dangerous"); await page.waitForSelector(".ant-modal textarea"); }],
  ["operators-stop", "system", "#/operators", async (page) => { await page.click(".holders tbody tr:nth-child(2) button.press.stop"); await page.waitForSelector(".ant-modal textarea"); }],
  ["audit-order", "audit", "#/audit", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); await page.click(".ant-modal .ant-checkbox"); await page.waitForSelector("#authority"); }],
  ["keys-offline", "security", "#/keys", null, { "/keys": { ...keys, signing: signing.offline } }],
  ["keys-late", "audit", "#/keys", null, { "/keys": { ...keys, signing: signing.late } }],
  ["overview-resolves", "audit", "#/overview", async (page) => { await page.locator(".resolves").scrollIntoViewIfNeeded(); }],
  ["overview-no-resolves", "system", "#/overview", async (page) => { await page.locator(".resolves").scrollIntoViewIfNeeded(); }, { "/resolves": { shown_from: 10, counts: [] } }],
  ["keys-rotate", "security", "#/keys", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal textarea"); }],
  ["apps", "security", "#/apps"],
  ["apps-invite", "system", "#/apps", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); }],
  ["app-review", "security", "#/apps/app_01?version=2"],
  ["app-all", "audit", "#/apps/app_01?version=1"],
  ["app-stop", "security", "#/apps/app_01?version=2", async (page) => { await page.click(".deeds .ant-btn-dangerous"); await page.waitForSelector(".ant-modal textarea"); }],
  ["organisations", "system", "#/organisations"],
  ["sources-add", "system", "#/organisations", async (page) => { await page.click(".sources > header .ant-btn"); await page.waitForSelector(".ant-modal textarea"); }],
  ["sources-approve", "system", "#/organisations", async (page) => { await page.click(".sources tbody button.press:not(.stop)"); await page.waitForSelector(".ant-modal .ant-checkbox"); }],
  ["sources-end", "security", "#/organisations", async (page) => { await page.click(".sources tbody button.press.stop"); await page.waitForSelector(".ant-modal textarea"); }],
  ["organisation-add", "system", "#/organisations", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); }],
  ["organisation-merge", "system", "#/organisations/org_01", async (page) => { await page.click(".who-head button.press"); await page.waitForSelector(".ant-modal input[type=date]"); await page.fill("#successor", "91370000000000002G"); await page.waitForTimeout(400); }],
  ["organisation-one", "system", "#/organisations/org_01"],
  ["organisation-post", "system", "#/organisations/org_01", async (page) => { await page.click(".posts > header .ant-btn"); await page.waitForSelector(".ant-modal input"); }],
  ["organisation-security", "security", "#/organisations/org_01"],
  ["operators", "system", "#/operators"],
  ["operators-confirm", "security", "#/operators", async (page) => { await page.click(".grants tbody button.press"); await page.waitForSelector(".ant-modal .ant-checkbox"); }],
  ["operators-propose", "system", "#/operators", async (page) => { await page.click(".bench .ant-btn-primary"); await page.waitForSelector(".ant-modal input"); }],
  ["operators-name", "system", "#/operators", async (page) => { await page.click(".holders tbody tr:nth-child(2) button.press"); await page.waitForSelector(".ant-modal input"); }],
  ["operators-agree", "security", "#/operators", async (page) => { await page.locator(".names tbody button.press").first().click(); await page.waitForSelector(".ant-modal .ant-checkbox"); }],
  ["operators-named", "security", "#/operators", async (page) => { await page.click(".ask-names"); await page.waitForSelector(".ant-modal .ant-checkbox"); }],
  ["keys-withdraw", "security", "#/keys", async (page) => { await page.click("button.press.stop:has-text('d45c91e7')"); await page.waitForSelector(".ant-modal textarea"); }],
  ["forbidden", "audit", "#/residents"],
];

const wanted = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.YIMA_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
mkdirSync(OUT, { recursive: true });
let faults = 0;
for (const [language, ground] of [["zh", "light"], ["zh", "dark"], ["en", "light"], ["en", "dark"]]) {
  for (const [name, role, address, act, over] of SCREENS) {
    const full = `${name}-${language}-${ground}`;
    if (wanted.length > 0 && !wanted.some((word) => full.includes(word))) continue;
    const page = await browser.newPage({ viewport: { width: Number(WIDTH), height: Number(HEIGHT) }, locale: language === "zh" ? "zh-CN" : "en-GB" });
    page.on("pageerror", (error) => { faults += 1; console.log(full, "PAGE ERROR", error.message); });
    page.on("console", (line) => { if (line.type() === "error" && !line.text().includes("status of 4")) { faults += 1; console.log(full, "CONSOLE", line.text()); } });
    await page.addInitScript(([l, g]) => { localStorage.setItem("yima.console.language", l); localStorage.setItem("yima.console.ground", g); }, [language, ground]);
    await page.route("**/api/v1/**", (route) => fulfil(route, role, over));
    try {
      await page.goto(`${PAGES}/console/${address}`);
      await page.waitForLoadState("networkidle");
      await page.waitForSelector(".waiting", { state: "detached" });
      await page.waitForTimeout(300);
      if (act) { await act(page); await page.waitForTimeout(450); }
    } catch (error) { faults += 1; console.log(full, error.message.split("\n")[0]); }
    for (const found of await audit(page)) { faults += 1; console.log(full, found); }
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (beyond > 0) { faults += 1; console.log(full, `the page is ${beyond} px wider than its window`); }
    await page.screenshot({ path: `${OUT}/${full}.png`, fullPage: process.env.YIMA_WHOLE === "1" });
    await page.close();
  }
}
await browser.close();
console.log(faults === 0 ? "no faults" : `${faults} faults`);

/** What axe-core finds against WCAG 2.1 A and AA, one line a rule. */
async function audit(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join(" | ")}`);
}

function fulfil(route, role, over) {
  const url = new URL(route.request().url());
  const path = url.pathname.replace("/api/v1", "");
  const refuse = (status, code, detail, zh) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ type: `/problems/${code}`, title: code, status, code, detail, detail_zh: zh, request_id: "req_01" }) });
  if (path === "/operators/sign-in" || role === null) return refuse(401, "sign_in_needed", "Sign in.", "请登录。");
  if (route.request().method() === "POST") {
    const made = path.endsWith("/enrolment-codes") ? enrolment : path === "/gates" ? { id: "gat_9", key: "ygk_3yQ7bK0vXn2mR8dZ1sWfT5hJ9cLpE6uA4gNiOqYxBzM" } : path.endsWith("/cards") ? { id: "crd_9", kind: "card", state: "active", issued_at: 0, expires: "2027-10" } : me(role);
    return route.fulfill({ json: made });
  }
  const json = answer(path, url.searchParams, role, over);
  return json === null ? refuse(404, "not_found", "Not found.", "没有找到。") : route.fulfill({ json });
}
