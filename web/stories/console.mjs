// The operators' console as three persons use it: each signs in, walks every page that is theirs, and does one deed.
// It knows what they see; it does not know how the runner starts the province.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { seat } from "./account.mjs";
import { violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";
import { Resident } from "./people.mjs";

const STEP_MS = 30_000;

export const stories = [
  { name: "console: a stranger is refused calmly", run: (town) => atDesk(town, stranger) },
  { name: "console: the system administrator finds a resident and hands out an enrolment code", run: (town) => atDesk(town, system) },
  { name: "console: a resident is found by name within a city, and that is on record", run: (town) => atDesk(town, byName) },
  { name: "console: a device is found in the list of all, leads to its resident, and is ended", run: (town) => atDesk(town, devices) },
  { name: "console: the security administrator reads the keys, and sees no residents", run: (town) => atDesk(town, security) },
  { name: "console: the auditor finds these deeds among the uses", run: (town) => atDesk(town, auditor) },
  { name: "console: the auditor narrows the uses by time and takes them home as files", run: (town) => atDesk(town, exporter) },
];

async function stranger({ page, open, expect }) {
  await open("");
  await fillSignIn(page, { name: "nobody", password: "not the password", code: "000000" });
  await page.waitForSelector(".said[role=alert]");
  const said = await page.textContent(".said");
  expect(/登录名、密码、动态码里有一样对不上/.test(said), `the refusal says what to do, and not which was wrong: ${said}`);
}

async function system(desk) {
  const { page, expect, click } = desk;
  await signIn(desk, "system");
  await walk(desk, ["一览", "居民", "设备", "场景", "单位", "应用", "账户找回", "窗口协助", "去世登记", "场所", "闸机"]);
  await click('nav a:has-text("居民")');
  await page.click("tbody .person");
  await click('.deeds button:has-text("发绑定码")');
  const code = await page.textContent(".once.grouped");
  expect(/^[0-9a-z]{16}$/i.test(code.trim()), `an enrolment code of 16 characters: ${code.length} characters`);
  await audit(desk, "the enrolment code");
  await click('button:has-text("已经交给本人")');
  await click('button:has-text("English")');
  const pages = ["Overview", "Residents", "Devices", "Scenarios", "Organisations", "Apps", "Recoveries", "Visits", "Deaths", "Places", "Gates"];
  await walk(desk, pages);
  await click('button:has-text("Dark")');
  await walk(desk, pages);
}

/** The commonest family names: a masked name is one of them and what is left of it. */
const FAMILIES = ["王", "李", "张", "刘", "陈", "杨", "赵", "孙", "周", "徐", "马", "朱", "胡", "郭", "高", "林"];

/** Somebody of the demonstration with their whole name, which the console never shows. */
async function somebody(page) {
  return page.evaluate(async (families) => {
    const ask = (body) =>
      fetch("/api/v1/residents/find", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
        .then((answer) => answer.json());
    const all = await fetch("/api/v1/residents").then((answer) => answer.json());
    for (const row of all.items) for (const family of families) {
      const name = family + row.name_masked.slice(1);
      const found = await ask({ name, region: row.region });
      if (found.items?.some((one) => one.id === row.id)) return { name, id: row.id, region: row.region };
    }
    return null;
  }, FAMILIES);
}

async function byName(desk) {
  const { page, expect, open, click, settle } = desk;
  await signIn(desk, "system");
  const person = await somebody(page);
  expect(person !== null, "somebody's family name is a common one");
  await open("#/residents");
  await page.fill('form.filters input[placeholder^="完整姓名"]', person.name);
  await page.press('form.filters input[placeholder^="完整姓名"]', "Enter");
  await page.waitForSelector("text=按姓名查，先选一个市或区县");
  await audit(desk, "a name that waits for its region");
  await open(`#/residents?region=${person.region}`);
  await page.fill('form.filters input[placeholder^="完整姓名"]', person.name);
  await click('form.filters button[type="submit"]');
  await page.waitForSelector(`tbody .person[href$="${person.id}"]`);
  expect(!(await page.textContent("tbody")).includes(person.name), "the list is masked");
  expect(!page.url().includes(encodeURIComponent(person.name)) && !page.url().includes(person.name), "the name stays out of the address");
  await page.fill('form.filters input[placeholder^="完整姓名"]', "查无此人");
  await click('form.filters button[type="submit"]');
  await page.waitForSelector("text=这里没有叫这个名字的人");
  await settle();
  await audit(desk, "a name that nobody has");
}

async function devices(desk) {
  const { page, expect, open, click, settle, town } = desk;
  await Resident.enrol(town.url, town.codes.pop()).then((phone) => phone.close());
  await signIn(desk, "system");
  await open("#/devices");
  const many = await page.locator("tbody tr.ant-table-row").count();
  expect(many > 0, "devices are listed");
  const resident = await page.locator("tbody tr.ant-table-row a").first().getAttribute("href");
  await click("tbody tr.ant-table-row:first-child button.press.stop");
  await audit(desk, "ending a device");
  await click('.ant-modal label:has-text("被偷")');
  await click('.ant-modal button:has-text("解绑")');
  await page.waitForSelector("tbody tr.ant-table-row:first-child .standing.gone");
  await open("#/devices?state=ended");
  const row = await page.textContent("tbody tr.ant-table-row:first-child");
  expect(row.includes("已停用") && row.includes("被偷"), `the ended device says why: ${row}`);
  await open("#/devices?region=371799");
  await page.waitForSelector("text=没有符合的设备");
  await open("#/devices");
  await click(`tbody a[href="${resident}"]`);
  await page.waitForSelector("#who");
  await settle();
  expect((await page.locator("main .said[role=alert]").count()) === 0, "a device leads to its resident");
}

async function security(desk) {
  const { page, expect, open } = desk;
  await signIn(desk, "security");
  await walk(desk, ["一览", "场景", "账户找回", "场所", "闸机", "密钥"]);
  expect((await page.locator(".fingerprint code").count()) === 16, "the root fingerprint in sixteen groups");
  expect((await page.locator("tbody tr").count()) > 1, "keys are listed");
  await open("#/residents");
  await page.waitForSelector("text=这一页不归您的角色看");
  const status = await page.evaluate(() => fetch("/api/v1/residents").then((answer) => answer.status));
  expect(status === 403, `the server itself refuses: ${status}`);
}

async function auditor(desk) {
  const { page, expect, open } = desk;
  await signIn(desk, "audit");
  await walk(desk, ["一览", "场景", "使用记录", "场所", "闸机", "密钥"]);
  await open("#/uses?deed=enrolment_code");
  await page.waitForSelector("tbody th b, tbody td b");
  expect((await page.textContent("tbody")).includes("发绑定码"), "the enrolment code that was handed out left a use");
  expect((await page.locator("button.ant-btn-primary").count()) === 0, "an auditor has nothing to change");
}

async function exporter(desk) {
  const { page, expect, open, click, settle } = desk;
  await signIn(desk, "audit");
  await open("#/uses");
  await click('button:has-text("今天")');
  await settle();
  expect(/from=\d{4}-\d\d-\d\dT00%3A00|from=\d{4}-\d\d-\d\dT00:00/.test(page.url()), `the range is in the address: ${page.url()}`);
  expect((await page.locator("tbody tr.ant-table-row").count()) > 0, "today has uses");
  await audit(desk, "uses of today");
  for (const [button, ends] of [["导出 CSV", ".csv"], ["导出 NDJSON", ".ndjson"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`button:has-text("${button}")`)]);
    const text = readFileSync(await download.path(), "utf8");
    expect(download.suggestedFilename().endsWith(ends), `a file ${ends}: ${download.suggestedFilename()}`);
    const lines = text.trim().split(/\r?\n/);
    expect(lines.length > 1, `${ends} holds uses: ${lines.length} lines`);
    expect(ends === ".csv" ? lines[0] === "id,at,deed,actor_kind,actor,scenario,site,outcome,reason,form" : JSON.parse(lines[0]).id.startsWith("use_"), `${ends} begins as it should`);
  }
  await open("#/uses?from=2020-01-01T00:00&to=2020-03-01T00:00");
  await page.waitForSelector("text=一次最多看 31 天");
  await open("#/uses?from=2020-01-01T00:00&to=2020-01-02T00:00");
  await page.waitForSelector("text=没有符合的记录");
  await open("#/uses?deed=see_residents&actor=op-system");
  await settle();
  expect((await page.textContent("tbody")).includes("查居民"), "searches are among the uses");
}

/** Opens each page from the menu and holds it against axe-core. */
async function walk(desk, names) {
  for (const name of names) {
    await desk.click(`nav a.to:has(span:text-is("${name}"))`);
    await desk.settle();
    desk.expect((await desk.page.locator("main .said[role=alert]").count()) === 0, `${name} shows no failure`);
    await audit(desk, name);
  }
}

export async function signIn(desk, role) {
  const { page, open, town } = desk;
  const who = town.demo.sign_ins[role];
  await open("");
  for (let turn = 0; turn < 2; turn += 1) {
    await fillSignIn(page, { ...who, code: codeOf(who) });
    const outcome = await Promise.race([page.waitForSelector(".side").then(() => "in"), page.waitForSelector(".said[role=alert]").then(() => "refused")]);
    if (outcome === "in") return desk.settle();
    // A one-time code is taken once: wait for the next.
    await page.waitForTimeout(STEP_MS - (Date.now() % STEP_MS) + 500);
  }
  throw new Error(`${role} could not sign in`);
}

/** Sits down where an operator is signed in already: a second story need not wait for the next six digits. */
export async function sitDown(desk, role, address) {
  const [name, value] = (await seat(desk.town, role)).split("=");
  await desk.page.goto("about:blank");
  await desk.page.context().addCookies([{ name, value, url: desk.town.url }]);
  await desk.open(address);
  await desk.page.waitForSelector(".side");
}

/** Holds a page against axe-core in both languages, dark, and at 360 px; pictures go to YIMA_SHOTS where that names a directory. */
export async function looksWell(desk, name) {
  const { page, expect, click } = desk;
  const shot = async (how) => {
    await audit(desk, `${name}, ${how}`);
    if (process.env.YIMA_SHOTS) await page.screenshot({ path: `${process.env.YIMA_SHOTS}/${name}-${how}.png`, fullPage: true });
  };
  await shot("zh");
  await click('button:has-text("English")');
  await shot("en");
  await click('button:has-text("Dark")');
  await shot("dark");
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 780 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond <= 0, `${name} at 360 px: ${beyond} px stand beyond the edge`);
  await shot("360");
  await page.setViewportSize(size);
  await click('button:has-text("Light")');
  await click('button:has-text("中文")');
}

async function fillSignIn(page, { name, password, code }) {
  await page.fill("#name", name);
  await page.fill("#password", password);
  await page.fill("#totp", code);
  await page.click('button[type="submit"]');
}

/** RFC 6238, SHA-1, six digits, 30 s, from a base32 secret or an otpauth address; digits given are taken as they are. */
function codeOf({ totp, totp_secret: secret = "", totp_uri: uri = "" }) {
  if (/^\d{6}$/.test(totp ?? "")) return totp;
  const base32 = (secret || new URLSearchParams(uri.split("?")[1] ?? "").get("secret") || totp || "").replace(/=+$/, "").toUpperCase();
  const bits = [...base32].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function audit({ page, expect }, name) {
  const found = await violations(page);
  expect(found.length === 0, `${name}: axe-core finds ${found.join("; ")}`);
}

/** A browser at a desk, in Chinese and light; fails on any page error and on any request to another host. */
export async function atDesk(town, story) {
  const { context, close } = await openBrowser({ width: 1440, height: 900, scale: 1, lang: "zh-CN" });
  const faults = [];
  const expect = (holds, what) => { if (!holds) faults.push(what); };
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
    page.on("console", (line) => { if (line.type() === "error" && !/status of 40[13]/.test(line.text())) faults.push(`console: ${line.text()}`); });
    page.on("request", (request) => { if (/^https?:/.test(request.url()) && !request.url().startsWith(town.url)) faults.push(`another host: ${request.url()}`); });
    const settle = async () => { await page.waitForLoadState("networkidle"); await page.waitForSelector(".waiting", { state: "detached" }); await page.waitForTimeout(250); };
    const open = async (address) => { await page.goto(`${town.url}/console/${address}`); await settle(); };
    const click = async (selector) => { await page.click(selector); await page.waitForTimeout(300); };
    await story({ page, town, expect, open, click, settle });
  } finally {
    await close();
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
