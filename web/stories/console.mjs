// The operators' console as three persons use it: each signs in, walks every page that is theirs, and does one deed.
// It knows what they see; it does not know how the runner starts the province.
import { createHmac } from "node:crypto";
import { violations } from "./axe.mjs";
import { openBrowser } from "./browser.mjs";

const STEP_MS = 30_000;

export const stories = [
  { name: "console: a stranger is refused calmly", run: (town) => atDesk(town, stranger) },
  { name: "console: the system administrator finds a resident and hands out an enrolment code", run: (town) => atDesk(town, system) },
  { name: "console: the security administrator reads the keys, and sees no residents", run: (town) => atDesk(town, security) },
  { name: "console: the auditor finds these deeds among the uses", run: (town) => atDesk(town, auditor) },
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
  await walk(desk, ["一览", "居民", "场景", "场所", "闸机"]);
  await click('nav a:has-text("居民")');
  await page.click("tbody .person");
  await click('.deeds button:has-text("发绑定码")');
  const code = await page.textContent(".once.grouped");
  expect(/^[0-9a-z]{16}$/i.test(code.trim()), `an enrolment code of 16 characters: ${code.length} characters`);
  await audit(desk, "the enrolment code");
  await click('button:has-text("已经交给本人")');
  await click('button:has-text("English")');
  await walk(desk, ["Overview", "Residents", "Scenarios", "Places", "Gates"]);
  await click('button:has-text("Dark")');
  await walk(desk, ["Overview", "Residents", "Scenarios", "Places", "Gates"]);
}

async function security(desk) {
  const { page, expect, open } = desk;
  await signIn(desk, "security");
  await walk(desk, ["一览", "场景", "场所", "闸机", "密钥"]);
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

/** Opens each page from the menu and holds it against axe-core. */
async function walk(desk, names) {
  for (const name of names) {
    await desk.click(`nav a.to:has(span:text-is("${name}"))`);
    await desk.settle();
    desk.expect((await desk.page.locator("main .said[role=alert]").count()) === 0, `${name} shows no failure`);
    await audit(desk, name);
  }
}

async function signIn(desk, role) {
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

async function audit({ page, expect }, name) {
  const found = await violations(page);
  expect(found.length === 0, `${name}: axe-core finds ${found.join("; ")}`);
}

/** A browser at a desk, in Chinese and light; fails on any page error and on any request to another host. */
async function atDesk(town, story) {
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
