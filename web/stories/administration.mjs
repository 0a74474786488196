// Administration at the desk: an app that an organisation registers is reviewed by another person and stopped; an organisation's
// posts and personnel systems are opened and ended. It knows what operators press, nothing of how it is kept.
import { generateKeyPairSync } from "node:crypto";
import { atDesk, audit, signIn } from "./console.mjs";

export const stories = [
  { name: "administration: an app registers by a token, waits, is held against its version before, approved by another person and stopped", run: (town) => atDesk(town, app) },
  { name: "administration: what apps have not deleted stands above the apps, the overdue first, in both languages and on a narrow window", run: (town) => atDesk(town, deletions) },
  { name: "administration: an organisation's post is proposed, renewed and ended, and a personnel system is let in once and shut out", run: (town) => atDesk(town, posts) },
  { name: "administration: a source of imports is proposed with its key by one operator, approved by another who read the thumbprint, and ended at once", run: (town) => atDesk(town, sources) },
  { name: "administration: a post of the three is proposed by one operator, confirmed by another, and each is shown half of what opens it", run: (town) => atDesk(town, operators) },
];

const CODE = "91370000000000002T";

async function app(desk) {
  const { page, expect, open, click, settle, town } = desk;
  await signIn(desk, "system");
  await open("#/apps");
  await audit(desk, "apps");
  await click('button:has-text("给单位注册令牌")');
  await page.fill("#organisation", CODE);
  await page.fill("#owner", "浏览器故事医院");
  await click('.ant-modal button:has-text("生成令牌")');
  const token = (await page.textContent(".once code")).trim();
  await audit(desk, "a registration token");
  await click('button:has-text("已经存好")');
  const name = `故事挂号${Date.now() % 100_000}`;
  const registered = await fetch(`${town.server}/oauth2/register`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(wish(name, ["https://story.example.cn/cb"])),
  });
  expect(registered.status === 201, `the organisation registers its app: ${registered.status}`);
  const { client_id: id } = await registered.json();
  await click(".side .me button");
  await signIn(desk, "security");
  await open("#/apps");
  await click(`tr:has-text("${name}") a.button`);
  await settle();
  const seen = await page.textContent("main");
  expect(seen.includes("https://story.example.cn/cb") && seen.includes("陈工 0531") && seen.includes(CODE), "who, where to and whom to call");
  expect(seen.includes("这是第一版"), "a first version has nothing to be held against");
  await audit(desk, "an app that waits");
  await click('button:has-text("通过") >> nth=0');
  await page.waitForSelector("text=要填这一项");
  await page.fill(".ant-form textarea", "合同编号 7，地址已核对");
  await click('button:has-text("通过") >> nth=0');
  await page.waitForSelector(".who .standing.fine");
  const again = await page.evaluate((body) => fetch("/api/v1/manage/clients", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).then((answer) => answer.status), { organisation: CODE, owner: "浏览器故事医院", id, metadata: JSON.stringify(wish(name, ["https://story.example.cn/cb"])) });
  expect(again === 403, `a security administrator proposes nothing: ${again}`);
  await click(".side .me button");
  await signIn(desk, "system");
  await page.evaluate((body) => fetch("/api/v1/manage/clients", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }), { organisation: CODE, owner: "浏览器故事医院", id, metadata: JSON.stringify(wish(name, ["https://story.example.cn/cb", "https://story.example.cn/cb2"])) });
  await open(`#/apps/${id}`);
  await page.waitForSelector("text=与第 1 版相比");
  const changed = await page.textContent(".sides tbody");
  expect(changed.includes("cb2") && !changed.includes("门诊挂号"), `only what changed is shown: ${changed}`);
  expect((await page.textContent("main")).includes("这一版是您提的"), "nobody reviews their own");
  expect((await page.locator('button:has-text("不通过")').count()) === 0, "and is offered no buttons");
  await audit(desk, "two versions side by side");
  await click('.deeds button:has-text("停用")');
  await page.fill(".ant-modal textarea", "故事讲完了");
  await click('.ant-modal button:has-text("停用")');
  await open(`#/apps/${id}?version=1`);
  await page.waitForSelector(".who .standing.gone");
}

function wish(name, redirects) {
  return {
    "client_name#zh": name,
    "client_name#en": `Story ${name.replace(/\D/g, "")}`,
    redirect_uris: redirects,
    scope: "openid",
    token_endpoint_auth_method: "client_secret_basic",
    contacts: ["陈工 0531-0000 0000"],
    yima_purpose: { zh: "门诊挂号", en: "Outpatient registration" },
  };
}

async function deletions(desk) {
  const { page, expect, open, click } = desk;
  await signIn(desk, "audit");
  const asked = await page.evaluate(() => fetch("/api/v1/manage/clients/deletions").then(async (answer) => ({ status: answer.status, items: (await answer.json()).items })));
  expect(asked.status === 200 && Array.isArray(asked.items), `the server has a list of duties: ${asked.status}`);
  // Fifteen working days do not pass in a story: what is late is said here in the place of the server.
  const duty = (owner, overdue) => ({ client: "app_story", owner, reference: `ref-${owner}`, state: "waiting", asked_at: 1_793_000_000, due_at: 1_794_844_800, told_at: overdue ? null : 1_793_000_040, answered_at: null, overdue, why: null });
  await page.route("**/api/v1/manage/clients/deletions*", (route) => route.fulfill({ json: { items: [duty("故事药房", true), duty("故事书店", false)], next: null } }));
  await open("#/apps");
  await page.waitForSelector('.deletions .standing.stop:has-text("过期没有答复")');
  const rows = await page.locator(".deletions tbody tr.ant-table-row").allTextContents();
  expect(rows.length === 2 && rows[0].includes("故事药房") && rows[0].includes("还没有"), `the overdue one first, and that it was not told: ${rows}`);
  expect(rows[1].includes("故事书店") && rows[1].includes("等答复"), "then what waits");
  for (const press of ["English", "Dark"]) {
    await click(`button:has-text("${press}")`);
    await audit(desk, `deletions, ${press}`);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond <= 0, `at 360 px nothing stands beyond the edge: ${beyond} px`);
  await audit(desk, "deletions at 360 px");
}

async function posts(desk) {
  const { page, expect, open, click, settle } = desk;
  await signIn(desk, "system");
  await open("#/organisations");
  await click('button:has-text("登记单位") >> nth=0');
  const name = `故事服务中心${Date.now() % 100_000}`;
  await page.fill("#name", name);
  await page.fill("#source", "浏览器故事");
  await click("#region");
  await page.keyboard.press("Enter");
  await click('.ant-modal button:has-text("登记")');
  await page.waitForSelector(`a.go:has-text("${name}")`);
  await audit(desk, "organisations");
  await click(`a.go:has-text("${name}")`);
  await page.waitForSelector(".posts");
  await settle();
  await audit(desk, "an organisation without posts");
  const resident = await page.evaluate(() => fetch("/api/v1/residents").then((answer) => answer.json()).then((all) => all.items[0].id));
  await click('.posts button:has-text("提出职务")');
  await page.fill("#resident", resident);
  await audit(desk, "proposing a post");
  await click('.ant-modal button:has-text("提出")');
  await page.waitForSelector('.posts .standing.late:has-text("等本人接受")');
  expect(!(await page.textContent(".posts tbody")).includes(resident), "who has not accepted is not shown");
  await click('.posts button:has-text("续七天")');
  await settle();
  expect((await page.locator(".posts [role=alert]").count()) === 0, "it is renewed");
  await click('.posts button:has-text("结束")');
  await page.fill(".ant-modal textarea", "故事讲完了");
  await click('.ant-modal button:has-text("结束")');
  await page.waitForSelector('.posts .standing.gone:has-text("已结束")');
  await click('.feeds button:has-text("接人事系统")');
  await page.fill("#label", "故事人事系统");
  await click('.ant-modal button:has-text("生成令牌")');
  const token = (await page.textContent(".once code")).trim();
  expect(/^yfd_/.test(token), "a token, this once");
  await click('button:has-text("已经存好")');
  await page.waitForSelector('.feeds .standing.late:has-text("还没有来报过")');
  expect(!(await page.textContent("main")).includes(token), "it is shown no more");
  await click('.feeds button:has-text("停用")');
  await click('.ant-modal button:has-text("停用")');
  await page.waitForSelector(".feeds .standing.gone");
  for (const press of ["English", "Dark"]) {
    await click(`button:has-text("${press}")`);
    await audit(desk, `an organisation, ${press}`);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond <= 0, `at 360 px nothing stands beyond the edge: ${beyond} px`);
  await audit(desk, "an organisation at 360 px");
}

async function operators(desk) {
  const { page, expect, open, click } = desk;
  await signIn(desk, "system");
  await open("#/operators");
  const name = `ops${Date.now() % 100_000}`;
  await click('button:has-text("提出任命")');
  await page.fill("#name", name);
  await page.fill("#person", `工号 ${name}`);
  await audit(desk, "proposing an operator");
  await click('.ant-modal button:has-text("提出")');
  const totp = (await page.textContent(".once code")).trim();
  expect(totp.startsWith("otpauth://totp/"), "the proposer is shown the second factor");
  await click('button:has-text("已经存好")');
  await page.waitForSelector(`.grants tr:has-text("${name}") >> text=您提出的`);
  expect((await page.locator(`.grants tr:has-text("${name}") button`).count()) === 0, "and is offered no confirmation");
  await click(".side .me button");
  await signIn(desk, "security");
  await open("#/operators");
  expect((await page.locator('button:has-text("提出任命")').count()) === 0, "a security administrator proposes nobody");
  await click(`.grants tr:has-text("${name}") button:has-text("确认")`);
  await click('.ant-modal button:has-text("确认任命")');
  await page.waitForSelector("text=要先核对");
  await click(".ant-modal .ant-checkbox-input");
  await audit(desk, "confirming an operator");
  await click('.ant-modal button:has-text("确认任命")');
  const password = (await page.textContent(".once code")).trim();
  expect(password.length === 16 && !totp.includes(password), "whoever confirms is shown the password");
  await click('button:has-text("已经存好")');
  await page.waitForSelector(`.grants tr:has-text("${name}") .standing.fine`);
  for (const press of ["English", "Dark"]) {
    await click(`button:has-text("${press}")`);
    await audit(desk, `operators, ${press}`);
  }
}

async function sources(desk) {
  const { page, expect, open, click } = desk;
  await signIn(desk, "system");
  await open("#/organisations");
  const name = `故事厅${Date.now() % 100_000}`;
  const row = `.sources tr:has-text("${name}")`;
  await click('.sources button:has-text("登记来源")');
  await page.fill("#source", name);
  await page.fill("#key", generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }));
  await page.fill("#reason", "公函 7 号");
  await audit(desk, "proposing a source");
  await click('.ant-modal button:has-text("提出")');
  await page.waitForSelector(`${row} >> text=您提出的`);
  expect((await page.locator(`${row} button:has-text("批准")`).count()) === 0, "and is offered no approval");
  await audit(desk, "a source that waits");
  await click(".side .me button");
  await signIn(desk, "security");
  await open("#/organisations");
  await click(`${row} button:has-text("批准")`);
  await click('.ant-modal button:has-text("批准")');
  await page.waitForSelector("text=要先核对");
  const kid = (await page.textContent(".ant-modal .kid code")).trim();
  expect(kid.length === 43, `the whole thumbprint stands there: ${kid}`);
  await click(".ant-modal .ant-checkbox-input");
  await audit(desk, "approving a source");
  await click('.ant-modal button:has-text("批准")');
  await page.waitForSelector(`${row} .standing.fine`);
  await click(`${row} button:has-text("停用")`);
  await page.fill(".ant-modal textarea", "故事结束");
  await audit(desk, "ending a key");
  await click('.ant-modal button:has-text("停用")');
  await page.waitForSelector(`${row} .standing.gone`);
  for (const press of ["English", "Dark"]) {
    await click(`button:has-text("${press}")`);
    await audit(desk, `sources, ${press}`);
  }
}
