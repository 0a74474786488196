// New keys take two persons at the console; a leak is stopped by one, and a colleague looks at it afterwards. It knows what
// operators press, nothing of keys.
import { atDesk, audit, looksWell, sitDown } from "./console.mjs";

export const stories = [
  { name: "keys: new paper keys are proposed by one, refused, proposed again and agreed to by another", run: (town) => atDesk(town, proposed) },
  { name: "keys: leaked token keys are stopped by one at once, and a colleague says that it was right", run: (town) => atDesk(town, stopped) },
];

const PAPER = "换纸质码密钥 SM2", VOID = "停掉泄露的令牌密钥";
/** The row of what was done for this reason. */
const row = (reason) => `.key-deeds tr:has-text("${reason}")`;

async function propose({ page, click }, reason) {
  await click('button:has-text("提出换密钥")');
  await click('.ant-modal label:has-text("纸质码 SM2")');
  await page.fill(".ant-modal textarea", reason);
}

async function proposed(desk) {
  const { page, expect, click } = desk;
  const first = `误提 ${Date.now()}`, second = `每季例行轮换 ${Date.now()}`;
  await sitDown(desk, "security", "#/keys");
  const before = await page.locator('tbody tr:has-text("纸质码")').count();
  for (const reason of [first, second]) {
    await propose(desk, reason);
    if (reason === first) await audit(desk, "proposing new keys");
    await click('.ant-modal button:has-text("提出")');
    await page.waitForSelector(`${row(reason)} .standing.late:has-text("等另一人同意")`);
    expect((await page.locator(`${row(reason)} button`).count()) === 0, "whoever proposed answers nothing");
  }

  await sitDown(desk, "audit", "#/keys");
  expect((await page.locator(".key-deeds button").count()) === 0, "the auditor looks on");
  await sitDown(desk, "system", "#/keys");
  expect((await page.textContent(row(first))).includes(PAPER), "what it is for stands in its row");
  await click(`${row(first)} button:has-text("不同意")`);
  await page.waitForSelector(`${row(first)} .standing.gone:has-text("没同意")`);
  await click(`${row(second)} button.press:not(.stop)`);
  await click('.ant-modal button:has-text("同意，现在做")');
  await page.waitForSelector("text=要先问清楚");
  await click(".ant-modal .ant-checkbox-input");
  await audit(desk, "agreeing to new keys");
  await click('.ant-modal button:has-text("同意，现在做")');
  await page.waitForSelector(`${row(second)} .standing.fine:has-text("已同意，已做")`);
  await audit(desk, "new keys agreed to");

  await sitDown(desk, "security", "#/keys");
  const after = await page.locator('tbody tr:has-text("纸质码")').count();
  expect(after > before, `a new paper key stands in the list: ${before}, ${after}`);
}

async function stopped(desk) {
  const { page, expect, click } = desk;
  const reason = `备份盘遗失 ${Date.now()}`;
  await sitDown(desk, "security", "#/keys");
  await click('button:has-text("令牌密钥泄露")');
  await page.fill(".ant-modal textarea", reason);
  await click('.ant-modal button:has-text("马上停掉")');
  await page.waitForSelector("text=要先确认");
  await click(".ant-modal .ant-checkbox-input");
  await audit(desk, "stopping leaked keys");
  await click('.ant-modal button:has-text("马上停掉")');
  await page.waitForSelector(`${row(reason)} .standing.late:has-text("已做，等另一人复核")`);
  const said = await page.textContent(row(reason));
  expect(said.includes(VOID) && said.includes("请另一位同事"), `done at once, and somebody else looks at it: ${said}`);
  await looksWell(desk, "key-deeds-stopped");

  await sitDown(desk, "system", "#/keys");
  await click(`${row(reason)} button.press:not(.stop):has-text("复核：没问题")`);
  await page.waitForSelector(`${row(reason)} .standing.fine:has-text("已复核")`);
  expect((await page.locator(`${row(reason)} button`).count()) === 0, "it is answered once");
}
