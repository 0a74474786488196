// The two persons of the stories: a resident with a phone and a checker with another. They act through the pages alone.
import { openBrowser } from "./browser.mjs";
import { film } from "./picture.mjs";

export class Resident {
  /** A phone with the code on it; `slowBy` sets its clock wrong by so many seconds. */
  static async enrol(url, code, { lang = "zh-CN", slowBy = 0, ...options } = {}) {
    const { context, close } = await openBrowser({ lang, ...options });
    if (slowBy) await context.addInitScript((ms) => { const real = Date.now; Date.now = () => real() - ms; }, slowBy * 1000);
    const page = context.pages()[0] ?? (await context.newPage());
    const me = new Resident(page, context, close, url);
    page.on("pageerror", (e) => me.problems.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error" && /Content Security Policy/.test(m.text())) me.problems.push(m.text()); });
    await page.goto(url);
    await page.fill('input[name="code"]', code);
    await page.click("button.primary");
    await page.waitForSelector(".plate svg.qr", { timeout: 30_000 });
    return me;
  }
  constructor(page, context, close, url) { Object.assign(this, { page, context, close, url, problems: [] }); }

  async choose(name) {
    const chip = this.page.locator(`.chips button:has-text("${name}")`);
    if (await chip.count()) await chip.click();
    else {
      await this.page.click(".chips button >> nth=-1");
      await this.page.click(`dialog .option:has-text("${name}")`);
    }
    await this.page.waitForTimeout(400);
  }
  async renew() { await this.page.click(".swap"); await this.page.waitForTimeout(400); }
  /** A picture of the plate, as another's camera would see it. */
  photo() { return this.page.locator(".plate").screenshot(); }
  async filmed() { return film(this.page, await this.photo()); }
  async offline(off) { await this.context.setOffline(off); }
  async open(route) { await this.page.goto(`${this.url}/#/${route}`); await this.page.waitForTimeout(300); }
  /** Scans a picture that lies on the phone. */
  async scanImage(png) {
    await this.open("");
    await this.open("scan");
    await this.page.setInputFiles('input[type="file"]', { name: "code.png", mimeType: "image/png", buffer: png });
  }
}

export class Checker {
  static async signIn(url, key, options = {}) {
    const me = await Checker.open(url, options);
    await me.page.goto(`${url}/check#gate=${key}`);
    await me.page.waitForSelector(".take .bar, .say[data-verdict], .gate.idle", { timeout: 30_000 });
    return me;
  }
  static async open(url, { lang = "zh-CN", ...options }) {
    const { context, close, profile } = await openBrowser({ lang, ...options });
    const page = context.pages()[0] ?? (await context.newPage());
    const me = new Checker(page, context, close, url);
    Object.assign(me, { profile, options: { lang, ...options } });
    page.on("pageerror", (e) => me.problems.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error" && /Content Security Policy/.test(m.text())) me.problems.push(m.text()); });
    return me;
  }
  constructor(page, context, close, url) { Object.assign(this, { page, context, close, url, problems: [] }); }

  /** Switched off and on again where there is no network, with another picture before the camera. */
  async restartOffline(camera) {
    await this.page.evaluate(() => navigator.serviceWorker.ready);
    await this.page.waitForFunction(async () => (await caches.match("/check")) !== undefined && [...(await (await caches.open((await caches.keys())[0])).keys())].some((r) => r.url.endsWith(".wasm")), undefined, { timeout: 20_000 });
    await this.close({ keep: true });
    const again = await Checker.open(this.url, { ...this.options, camera, profile: this.profile });
    await again.context.setOffline(true);
    await again.page.goto(`${this.url}/check`);
    return again;
  }

  async verdict(timeout = 30_000) {
    const say = this.page.locator(".say[data-verdict]");
    await say.waitFor({ timeout });
    return say.evaluate((e) => ({ verdict: e.dataset.verdict, reason: e.dataset.reason, online: e.dataset.online === "true", word: e.querySelector("h1").textContent }));
  }
  async next() {
    if (await this.page.locator(".say[data-verdict]").count()) await this.page.click(".acts .primary, .quiet");
    await this.page.waitForSelector(".take, .gate.idle");
  }
  async checkImage(png) {
    await this.next();
    await this.page.setInputFiles('.take input[type="file"]', { name: "code.png", mimeType: "image/png", buffer: png });
    return this.verdict();
  }
  async checkDigits(digits) {
    await this.next();
    await this.page.evaluate(() => document.activeElement?.blur());
    await this.page.keyboard.type(digits, { delay: 2 });
    await this.page.keyboard.press("Enter");
    return this.verdict();
  }
  async offline(off) { await this.context.setOffline(off); }
  challengePhoto() { return this.page.locator(".challenge").screenshot(); }
}

export function expect(got, wanted, what) {
  for (const [key, value] of Object.entries(wanted)) if (got[key] !== value) throw new Error(`${what}: ${key} is ${JSON.stringify(got[key])}, expected ${JSON.stringify(value)} (${JSON.stringify(got)})`);
}
export function must(condition, what) { if (!condition) throw new Error(what); }
