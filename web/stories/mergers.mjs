// An organisation goes on in another: proposed at the console, approved by a colleague, told on the page of whoever allowed its app,
// and called off before its day. The day itself is fifteen days ahead at least: it is told by the testkit, which moves the clock.
import { joined, looked, named, newAuthenticator, officer } from "./account.mjs";
import { openBrowser } from "./browser.mjs";
import { atDesk, audit, looksWell, sitDown } from "./console.mjs";
import { must } from "./people.mjs";

export const stories = [{ name: "merger: proposed at the console, approved by a colleague, told to whoever allowed its app, and called off", run: (town) => atDesk(town, merger) }];

const BACK = "https://merger.example.cn/cb";
const CONTACT = "0531-0000-0000";

/** A credit code with the check character of GB 32100. */
function creditCode(number) {
  const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const head = `9137000${String(number).padStart(10, "0")}`;
  let weight = 1, sum = 0;
  for (const letter of head) {
    sum += weight * letters.indexOf(letter);
    weight = (weight * 3) % 31;
  }
  return head + letters[(31 - (sum % 31)) % 31];
}

/** Two organisations, and an app of the first. */
async function two(town) {
  const [system, security] = [await officer(town, "system"), await officer(town, "security")];
  const nth = Date.now() % 1_000_000_000;
  const add = (name, number) => system("/organisations", { kind: "department", name: `${name}${nth}`, credit_code: creditCode(number), region: "370000", source: "浏览器故事" });
  const merged = await add("故事卫生院", 2 * nth), successor = await add("故事医疗集团", 2 * nth + 1);
  const metadata = JSON.stringify({
    "client_name#zh": `故事预约${nth}`,
    "client_name#en": `Story Bookings ${nth}`,
    redirect_uris: [BACK],
    scope: "openid",
    token_endpoint_auth_method: "client_secret_basic",
    contacts: ["陈工 0531-0000 0000"],
    yima_purpose: { zh: "预约门诊", en: "Booking a visit" },
  });
  const { version } = await system("/manage/clients", { organisation: merged.credit_code, owner: merged.name, metadata });
  await security(`/manage/clients/${version.id}/review`, { version: version.version, approve: true, note: "地址已核对" });
  return { merged, successor, app: version.id };
}

/** Allows the app, as somebody who signs in there. */
async function allows(page, url, app) {
  await page.route(`${BACK}**`, (route) => route.fulfill({ contentType: "text/plain", body: "back at the app" }));
  const query = { response_type: "code", client_id: app, redirect_uri: BACK, scope: "openid", state: "s-1", nonce: "n-1", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  await page.goto(`${url}/oauth2/authorize?${new URLSearchParams(query)}`);
  await page.click('button[name="answer"][value="allow"]');
  await page.waitForURL((to) => to.href.startsWith(BACK), { timeout: 20_000 });
}

/** Midnight in Shanghai so many days ahead, as a field of a day takes it. */
const inDays = (days) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);

async function merger(desk) {
  const { page, town, expect, click, settle } = desk;
  const { merged, successor, app } = await two(town);
  const url = named(town);
  const { context, close } = await openBrowser({ lang: "zh-CN" });
  const mine = context.pages()[0] ?? (await context.newPage());
  const apps = async (looks) => { await mine.goto(`${url}/account/apps?${looks}`); return mine.textContent("main"); };
  try {
    await newAuthenticator(context, mine);
    await joined(mine, url, town.codes.pop(), "lang=zh");
    await allows(mine, url, app);

    const card = `#/organisations/${merged.id}`;
    await sitDown(desk, "system", card);
    await click('button.press:has-text("并入另一单位")');
    await page.fill("#successor", successor.credit_code);
    await page.waitForSelector(`.ant-modal [role=status]:has-text("${successor.name}")`);
    await page.fill("#contact", CONTACT);
    await page.fill("#reference", "鲁发 2026 9 号");
    await page.fill("#day", inDays(20));
    await audit(desk, "proposing a merger");
    await click('.ant-modal button:has-text("提出")');
    await page.waitForSelector('.named .standing.late:has-text("等复核")');
    const offered = await page.locator('.named button:has-text("同意")').count();
    expect(offered === 0, "nobody approves their own");
    must(!(await apps("lang=zh")).includes(successor.name), "a proposal is not told");

    await sitDown(desk, "security", card);
    await click('.named button.press:not(.stop):has-text("同意")');
    await page.waitForSelector('.named .standing.plain:has-text("等生效")');
    // Told by the platform, beside whatever else it does.
    for (let turn = 0; turn < 30 && !(await page.locator('.named :text("已告诉 1 份授权的本人")').count()); turn += 1) {
      await page.waitForTimeout(500);
      await page.reload();
      await settle();
    }
    await looksWell(desk, "merger-approved");
    const told = await apps("lang=zh");
    for (const word of [merged.name, successor.name, CONTACT, "收回"]) must(told.includes(word), `the page of one's apps says ${word}: ${told}`);
    await looked(mine, "merger-apps-zh");
    await apps("lang=en");
    await looked(mine, "merger-apps-en");
    await apps("lang=zh&size=large");
    await looked(mine, "merger-apps-large", 60);
    await apps("lang=en&size=large");
    await looked(mine, "merger-apps-large-en", 60);

    await click('.named button.press.stop:has-text("撤回")');
    await page.fill(".ant-modal textarea", "合并另行研究");
    await audit(desk, "calling a merger off");
    await click('.ant-modal button:has-text("撤回合并")');
    await page.waitForSelector('.named .standing.gone:has-text("已撤回")');
    const after = await apps("lang=zh&size=normal");
    must(after.includes("故事预约") && !after.includes(successor.name), `nothing is said of it any more: ${after}`);
  } finally { await close(); }
}
