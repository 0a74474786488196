// A legal representative with a phone: accepts on the account's page, shows the enterprise's code with and without a network, and the
// checker sees for whom. Both languages, 360 px, large type; pictures go to YIMA_SHOTS where that is set.
import { mkdirSync } from "node:fs";
import { newAuthenticator, officer } from "./account.mjs";
import { layoutFaults, violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { Checker, expect, must, Resident } from "./people.mjs";

const shots = process.env.YIMA_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const shot = async (me, name, whole = false) => { if (shots) await me.page.screenshot({ path: `${shots}/${name}.png`, fullPage: whole }); };
const clean = async (page, where, target = 44) => {
  const found = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(found.length === 0, `${where}:\n  ${found.join("\n  ")}`);
};

const W = {
  zh: { firm: "泉城商贸有限公司", code: "91110000600037341L", show: "出示", for: "代企业出示", seen: "替企业 泉城商贸有限公司 出示", blind: "代他人出示", mine: "我自己", role: "替泉城商贸有限公司出示" },
  en: { firm: "Quancheng Trading Ltd", code: "91370100000000001W", show: "Show", for: "For an enterprise", seen: "shown for the enterprise Quancheng Trading Ltd", blind: "shown for somebody else", mine: "Myself", role: "Shown for Quancheng Trading Ltd" },
};

export const stories = ["zh", "en"].map((lang) => ({ name: `firm: an enterprise's code from the register to a check, in ${lang}`, run: (town) => firm(town, lang) }));

/** The register names whoever holds this account; they accept with a passkey. Their account's id. */
async function represents(town, lang) {
  const w = W[lang];
  const { context, close } = await openBrowser({ lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const page = context.pages()[0] ?? (await context.newPage());
  const at = (path) => page.waitForURL((url) => url.pathname === path, { timeout: 20_000 });
  try {
    await newAuthenticator(context, page);
    // Passkeys are of a name, never of an IP address.
    const url = town.server.replace("127.0.0.1", "localhost");
    await page.goto(`${url}/account/join`);
    await page.fill('input[name="code"]', town.codes.pop());
    await page.click("main button");
    await at("/account/join/ways");
    await page.click("form[data-passkey] button");
    await at("/account");
    const resident = await page.evaluate(async () => {
      const answer = await fetch("/api/v1/rights/copy", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ form: "json" }) });
      return (await answer.json()).account?.id;
    });
    const [system, security] = [await officer(town, "system"), await officer(town, "security")];
    const { id } = await system("/organisations", { kind: "enterprise", name: w.firm, credit_code: w.code, source: "register" });
    await system(`/organisations/${id}/representative`, { resident, reference: "register 7" });
    const waits = await security("/representatives");
    const change = waits.representatives.find((one) => one.organisation === id);
    await security(`/representatives/${change.id}/approve`, {});
    await page.goto(`${url}/account/enterprises`);
    await clean(page, "enterprises, named");
    await page.click('form[action$="/represent"] button');
    await page.waitForFunction(() => document.querySelector('form[action$="/represent"]') === null);
    return resident;
  } finally { await close(); }
}

async function firm(town, lang) {
  const w = W[lang], locale = lang === "zh" ? "zh-CN" : "en-GB";
  const resident = await represents(town, lang);
  const { code } = await (await officer(town, "system"))(`/residents/${resident}/enrolment-codes`, {});
  const boss = await Resident.enrol(town.url, code, { lang: locale });
  const gate = await Checker.signIn(town.url, town.gate("bus").key, { lang: locale });
  try {
    await boss.open("family");
    await boss.page.waitForSelector(`.kin:has-text("${w.firm}")`);
    await clean(boss.page, "family, with an enterprise");
    await shot(boss, `e1-family-${lang}`, true);
    await boss.page.click(`.kin .btn.primary:has-text("${w.show}")`);
    await boss.page.waitForSelector(`.who small:has-text("${w.for}")`);
    await boss.page.waitForSelector(".plate svg.qr", { timeout: 20_000 });
    await boss.choose(lang === "zh" ? "公交" : "Bus");
    await clean(boss.page, "showing for an enterprise");
    await shot(boss, `e2-shown-${lang}`);

    // The phone has no network: the day's batch is there. One's own first, at an unattended gate.
    await boss.offline(true);
    await boss.page.click(`.whose label:has-text("${w.mine}")`);
    await boss.page.waitForFunction((word) => !document.querySelector(".who small")?.textContent.includes(word), w.for);
    await boss.page.waitForTimeout(500);
    const own = await boss.photo();
    await boss.page.click(".whose label >> nth=1");
    await boss.page.waitForSelector(`.who small:has-text("${w.for}")`);
    await boss.renew();
    const theirs = await boss.photo();
    expect(await gate.checkImage(own), { verdict: "valid" }, "one's own");
    expect(await gate.checkImage(theirs), { verdict: "valid", online: true }, "then the enterprise's");
    must((await gate.page.textContent(".say")).includes(w.seen), "the checker sees for which enterprise");
    await clean(gate.page, "checked for an enterprise");
    await shot(gate, `e3-checked-${lang}`);

    // Nor has the gate one: it knows that somebody acts, and not for whom.
    await gate.offline(true);
    await boss.page.click(`.whose label:has-text("${w.mine}")`);
    await boss.page.waitForTimeout(500);
    await boss.renew();
    const again = await boss.photo();
    await boss.page.click(".whose label >> nth=1");
    await boss.page.waitForTimeout(500);
    await boss.renew();
    const blind = await boss.photo();
    expect(await gate.checkImage(again), { verdict: "valid", online: false }, "one's own, offline");
    expect(await gate.checkImage(blind), { verdict: "valid", online: false }, "the enterprise's, offline");
    const said = await gate.page.textContent(".say");
    must(said.includes(w.blind) && !said.includes(w.firm), `offline nobody is named: ${said}`);
    await shot(gate, `e4-offline-${lang}`);
    await gate.offline(false);
    await boss.offline(false);

    await boss.page.click(".tool >> nth=0");
    await boss.page.waitForSelector(".bigs");
    await clean(boss.page, "large type, for an enterprise", 60);
    await shot(boss, `e5-large-${lang}`);
    await boss.page.goto(`${town.url}/#/family`);
    await boss.page.waitForSelector(".kin");
    await boss.page.waitForTimeout(500);
    await shot(boss, `e6-large-family-${lang}`, true);
    await boss.page.evaluate(() => localStorage.clear());
    await boss.page.reload();
    // The network has just come back: a record that was asked for too early says so, and is asked for again by opening it anew.
    const role = boss.page.locator(`.role:has-text("${w.role}")`).first();
    for (let again = 0; again < 3 && !(await role.isVisible()); again++) {
      await boss.open("");
      await boss.open("data");
      await role.waitFor({ timeout: 10_000 }).catch(() => undefined);
    }
    must(await role.isVisible(), `the record says ${w.role}: ${await boss.page.textContent("main")}`);
    await shot(boss, `e7-record-${lang}`, true);
    for (const me of [boss, gate]) must(me.problems.length === 0, me.problems.join("\n"));
  } finally { for (const me of [boss, gate]) await me.close(); }
}
