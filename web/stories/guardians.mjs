// Two guardians of a child, each with a phone: what one asks and is heavy, the other stops by one press; and the desk that sees the
// child once both are gone. Both languages, 360 px, large type. It knows the pages, and asks the officers' doors for what came before.
import { layoutFaults, violations } from "./axe.mjs";
import { officer } from "./account.mjs";
import { atDesk, audit, signIn } from "./console.mjs";
import { must, Resident } from "./people.mjs";

const W = {
  zh: { object: "反对", ask: "为孩子申请", remove: "注销账户", none: "没有这样的人", done: "民政卷 7 号，已联系外婆" },
  en: { object: "Object", ask: "Ask for a child", remove: "delete the account", none: "Nobody", done: "civil affairs, file 7" },
};

export const stories = [
  { name: "guardians: what one asks for a child the other stops (中文)", run: (town) => objection(town, "zh") },
  { name: "guardians: what one asks for a child the other stops (English)", run: (town) => objection(town, "en") },
  { name: "guardians: a child's own page says who decides (中文)", run: (town) => childs(town, "zh") },
  { name: "guardians: a child's own page says who decides (English)", run: (town) => childs(town, "en") },
  { name: "guardians: a child without one is seen at the desk until somebody sees to it", run: (town) => atDesk(town, alone) },
];

const shot = async (page, name) => { if (process.env.YIMA_SHOTS) await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}.png`, fullPage: true }); };
const clean = async (page, name, target = 44) => {
  const found = [...(await violations(page)), ...(await layoutFaults(page, target))];
  must(found.length === 0, `${name}:\n  ${found.join("\n  ")}`);
  await shot(page, name);
};

/** A phone of a grown-up, and whose it is: the newest of all devices. */
async function grownUp(town, lang) {
  const system = await officer(town, "system");
  const before = new Set((await system("/devices")).items.map((one) => one.id));
  const me = await Resident.enrol(town.url, town.codes.shift(), { lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const own = (await system("/devices")).items.find((one) => !before.has(one.id));
  return { me, id: own.resident };
}

/** The next child of the demonstration, with both as guardians. */
async function familyOf(town, one, other) {
  const system = await officer(town, "system");
  const child = town.children.shift();
  must(child, "the demonstration names a child that no story had");
  for (const actor of [one, other]) {
    const mandate = await system(`/residents/${child}/mandates`, { kind: "guardian", actor, evidence: "register", reference: "户口簿 7" });
    const { mandates } = await system(`/residents/${child}/mandates`);
    must(mandates.find(({ id }) => id === mandate.id)?.state === "active", "under 14 nobody has to agree");
  }
  return child;
}

async function objection(town, lang) {
  const w = W[lang];
  const hers = await grownUp(town, lang), his = await grownUp(town, lang);
  const family = async ({ page }) => { await page.goto(`${town.url}/#/`); await page.goto(`${town.url}/#/family`); await page.waitForSelector("#fam-ward"); await page.waitForTimeout(500); };
  try {
    await familyOf(town, hers.id, his.id);
    await family(hers.me);
    const ward = 'section[aria-labelledby="fam-ward"]';
    await hers.me.page.click(`${ward} summary`);
    await clean(hers.me.page, `ward-ask-${lang}`);
    await hers.me.page.selectOption(`${ward} select >> nth=1`, { label: w.remove });
    await hers.me.page.click(`${ward} form button`);
    await hers.me.page.waitForSelector(`${ward} .kin`);
    await clean(hers.me.page, `ward-asked-${lang}`);

    await family(his.me);
    await his.me.page.waitForSelector(`${ward} .kin .btn.stop:has-text("${w.object}")`);
    await clean(his.me.page, `ward-object-${lang}`);
    await his.me.page.click(".tool >> nth=0");
    await his.me.page.waitForTimeout(400);
    await family(his.me);
    await clean(his.me.page, `ward-object-large-${lang}`, 60);
    await his.me.page.click(`${ward} .kin .btn.stop:has-text("${w.object}")`);
    await his.me.page.waitForSelector(`${ward} .kin`, { state: "detached" });
    await family(hers.me);
    must((await hers.me.page.locator(`${ward} .kin`).count()) === 0, "it waits no more");
    for (const { me } of [hers, his]) must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await hers.me.close(); await his.me.close(); }
}

/** On the child's own phone: who decides, said calmly, and nothing to press that would be refused. */
async function childs(town, lang) {
  const said = { zh: "由监护人替你决定", en: "your guardian decides" }[lang];
  const hers = await grownUp(town, lang), his = await grownUp(town, lang);
  const child = await familyOf(town, hers.id, his.id);
  await hers.me.close();
  await his.me.close();
  const system = await officer(town, "system");
  const { code } = await system(`/residents/${child}/enrolment-codes`, {});
  const me = await Resident.enrol(town.url, code, { lang: lang === "zh" ? "zh-CN" : "en-GB" });
  const { page } = me;
  const rights = async () => {
    await page.goto(`${town.url}/#/data`);
    await page.click(".pick label >> nth=2");
    await page.waitForSelector(`text=${said}`);
    await page.waitForTimeout(400);
  };
  try {
    await page.setViewportSize({ width: 360, height: 780 });
    await rights();
    must((await page.locator("#right-copy, #right-explain").count()) === 2, "a copy and an explanation are the child's own");
    must((await page.locator("#right-delete, #right-correct, #right-restrict").count()) === 0, "and the rest is the guardian's");
    await clean(page, `child-rights-${lang}`);
    await page.click(".tool >> nth=0");
    await page.waitForTimeout(400);
    await rights();
    await clean(page, `child-rights-large-${lang}`, 60);
    must(me.problems.length === 0, me.problems.join("\n"));
  } finally { await me.close(); }
}

async function alone(desk) {
  const { page, open, click, settle, expect, town } = desk;
  const hers = await grownUp(town, "zh"), his = await grownUp(town, "zh");
  await familyOf(town, hers.id, his.id);
  await hers.me.close();
  await his.me.close();
  const system = await officer(town, "system");
  const report = (id) => system(`/residents/${id}/death`, { source: "hospital", evidence: "死亡证明 7 号" });
  await report(hers.id);
  await signIn(desk, "system");
  await open("#/deaths");
  const rows = () => page.locator(".card:last-of-type tbody tr:has(button)").count();
  const before = await rows();
  await report(his.id);
  const again = async () => { await click('main .bench .filters button'); await settle(); };
  await again();
  expect((await rows()) === before + 1, "once both are gone the child stands there");
  for (const [word, zoom] of [["English", "en"], ["中文", "zh"]]) {
    await click(`button:has-text("${word}")`);
    await settle();
    await audit(desk, `deaths ${zoom}`);
    await shot(page, `deaths-alone-${zoom}`);
    await page.setViewportSize({ width: 360, height: 780 });
    await page.waitForTimeout(400);
    await audit(desk, `deaths ${zoom}, narrow`);
    await shot(page, `deaths-alone-narrow-${zoom}`);
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  // Hers is taken back: in law the child has a guardian, and the row goes with it.
  await system(`/residents/${hers.id}/death/undo`, { reason: "本人带证件到窗口" });
  await again();
  expect((await rows()) === before, "the row went with the death");
  await shot(page, "deaths-taken-back-zh");
}
