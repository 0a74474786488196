// What axe-core finds on a page, run through the debugger so that the page's own security policy stays as it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function violations(page) {
  await page.evaluate(source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`);
}

/** Wider than the window, or smaller to press than `target` px: what a small phone would show first. */
export async function layoutFaults(page, target) {
  return page.evaluate((least) => {
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} px wide in ${innerWidth}`);
    for (const e of document.querySelectorAll("button, a[href], .pick label")) {
      const r = e.getBoundingClientRect();
      if (r.width && (r.height < least - 0.5 || r.width < Math.min(least, 40) - 0.5)) faults.push(`${e.textContent.trim().slice(0, 20)}: ${Math.round(r.width)} x ${Math.round(r.height)}`);
    }
    return faults;
  }, target);
}
