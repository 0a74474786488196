// An auditor searches one person's uses by an order that delays what that person sees of it; a second order is refused, and then
// everything shows at once. Desk and phone; the day on which an order ends by itself is told by the testkit, which moves the clock.
import { joined, named, newAuthenticator, officer } from "./account.mjs";
import { layoutFaults, violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { atDesk, audit, looksWell, sitDown } from "./console.mjs";
import { must, Resident } from "./people.mjs";

export const stories = [{ name: "orders: a search is delayed by an order that another person agrees to, and shows at once where the order is refused", run: (town) => atDesk(town, order) }];

const COURT = "泉城市中级人民法院";
const today = (days = 0) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const row = (caseNumber) => `tbody tr.ant-table-row:has-text("${caseNumber}")`;

/** Somebody's phone, and their id. */
async function somebody(town) {
  const { context, close } = await openBrowser({ lang: "zh-CN" });
  const page = context.pages()[0] ?? (await context.newPage());
  try {
    await newAuthenticator(context, page);
    const { id } = await joined(page, named(town), town.codes.pop());
    const { code } = await (await officer(town, "system"))(`/residents/${id}/enrolment-codes`, {});
    return { id, phone: await Resident.enrol(town.url, code) };
  } finally { await close(); }
}

async function ask({ page, click }, person, caseNumber, number) {
  await click('button:has-text("申请按人检索")');
  await page.fill("#person", person);
  await page.fill("#case_number", caseNumber);
  await page.fill("#purpose", `核查 ${caseNumber}`);
  await page.fill("#from", today(-1));
  await page.fill("#to", today());
  await click('.ant-modal label:has-text("附法院或检察院的命令")');
  await page.fill("#authority", COURT);
  await page.fill("#order_number", number);
  await page.fill("#until", today(30));
}

/** What the phone's record says now. */
async function record(phone) {
  await phone.open("");
  await phone.open("data");
  await phone.page.waitForSelector("main .timeline, main article, main li, main section");
  await phone.page.waitForTimeout(800);
  return phone.page.textContent("main");
}

async function order(desk) {
  const { page, expect, click, settle, town } = desk;
  const nth = Date.now() % 1_000_000;
  const [hidden, shown] = [`案 ${nth} 甲`, `案 ${nth} 乙`];
  const { id, phone } = await somebody(town);
  try {
    await sitDown(desk, "audit", "#/audit");
    await ask(desk, id, hidden, "民保 1 号");
    await audit(desk, "asking for a search by an order");
    await click('.ant-modal button:has-text("提交申请")');
    await page.waitForSelector(`${row(hidden)} .order .standing.late:has-text("等另一人同意")`);
    expect((await page.locator(`${row(hidden)} button`).count()) === 0, "nobody answers their own");
    must(!(await record(phone)).includes("查谁看过你"), "while it waits nothing shows");

    await sitDown(desk, "security", "#/audit");
    await click(`${row(hidden)} button.press:not(.stop):has-text("批准")`);
    await page.waitForSelector(`${row(hidden)} .standing.fine:has-text("已批准")`);
    await click(`${row(hidden)} button:has-text("同意延后")`);
    await page.waitForSelector(`${row(hidden)} .order .standing.fine:has-text("延后显示")`);
    await audit(desk, "an order agreed to");

    await sitDown(desk, "audit", "#/audit");
    await click(`${row(hidden)} button:has-text("查看记录")`);
    await settle();
    await page.waitForSelector(`text=案号 ${hidden} 的使用记录`);
    await audit(desk, "one person's uses");
    const before = await record(phone);
    must(!before.includes(hidden) && !before.includes("查谁看过你"), "asked, approved and read, and nothing shows before its day");

    await click('button:has-text("回到申请")');
    await click(`${row(hidden)} button:has-text("续延后显示")`);
    await page.fill("#authority", COURT);
    await page.fill("#order_number", "民保 2 号");
    await page.fill("#until", today(60));
    await click('.ant-modal button:has-text("提交")');
    await page.waitForSelector(`${row(hidden)} .order:has-text("民保 2 号") .standing.late`);
    await ask(desk, id, shown, "民保 3 号");
    await click('.ant-modal button:has-text("提交申请")');
    await page.waitForSelector(`${row(shown)} .order .standing.late`);

    // The further order is refused: the first one holds. The other search has no order then, and shows at once.
    await sitDown(desk, "security", "#/audit");
    await click(`${row(hidden)} .order:has-text("民保 2 号") button.stop`);
    await page.waitForSelector(`${row(hidden)} .order:has-text("民保 2 号") .standing.gone`);
    await click(`${row(shown)} .order button.stop`);
    await page.waitForSelector(`${row(shown)} .order .standing.gone:has-text("没同意延后")`);
    expect(!(await page.textContent(`${row(shown)} .order`)).includes("起本人看到"), "a refused order hides nothing");
    await looksWell(desk, "order-refused");
    const said = await record(phone);
    for (const word of [`核查 ${shown}`, COURT, "民保 3 号", "有人申请查谁看过你"]) must(said.includes(word), `that search shows, and its order: ${word}: ${said}`);
    must(!said.includes(hidden) && !said.includes("民保 1 号"), `the other one does not: ${said}`);
    const faults = [...(await violations(phone.page)), ...(await layoutFaults(phone.page, 44))];
    must(faults.length === 0, `the record: ${faults.join("\n")}`);
    if (process.env.YIMA_SHOTS) await phone.page.screenshot({ path: `${process.env.YIMA_SHOTS}/order-record-zh.png`, fullPage: true });
    must(phone.problems.length === 0, phone.problems.join("\n"));
  } finally { await phone.close(); }
}
