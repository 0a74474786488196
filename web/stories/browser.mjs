// A Chromium for stories: Debian's, headless, without any request of its own. It knows flags, not pages.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** What went wrong on the network since it was cleared, newest last, for whoever reads why a story failed. */
export const troubles = [];
const trouble = (text) => { if (troubles.push(`${new Date().toISOString().slice(11, 23)} ${text}`) > 12) troubles.shift(); };

/** What closes each browser that is still open. */
const open = new Set();
/** Closes what a story that failed left open: it would starve those after it. */
export const closeAll = () => Promise.all([...open].map((close) => close()));

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"];

/** A persistent profile, so that IndexedDB and the service worker outlive a page; `camera` is a y4m file, `profile` one that `close({ keep: true })` left. */
export async function openBrowser({ profile, camera, width = 360, height = 780, lang = "zh-CN", scale = 2, dark = false } = {}) {
  const dir = profile ?? mkdtempSync(join(tmpdir(), "yima-story-"));
  const args = [...FLAGS];
  if (camera) args.push("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${camera}`);
  const context = await chromium.launchPersistentContext(dir, {
    executablePath: process.env.YIMA_CHROMIUM || "/usr/bin/chromium", headless: true, args, viewport: { width, height }, deviceScaleFactor: scale, locale: lang,
    colorScheme: dark ? "dark" : "light", permissions: camera ? ["camera"] : [], timezoneId: "Asia/Shanghai",
  });
  context.on("response", (answer) => { if (answer.status() >= 400) trouble(`${answer.status()} ${answer.request().method()} ${answer.url()}`); });
  context.on("requestfailed", (request) => trouble(`${request.failure()?.errorText} ${request.method()} ${request.url()}`));
  const close = async ({ keep = false } = {}) => {
    open.delete(close);
    await context.close();
    if (!keep) rmSync(dir, { recursive: true, force: true });
  };
  open.add(close);
  return { context, close, profile: dir };
}
