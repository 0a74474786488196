// Keeps the files of the resident's and the checker's page on the device, one set a build, so that both open without a network.
// It never keeps an answer of the API: what is shown offline is what the page itself stored.
const BUILD = "__BUILD__";
const FILES = __FILES__;
const CACHE = `yima-${BUILD}`;

addEventListener("install", (event) => {
  event.waitUntil(keep("resident").then(() => skipWaiting()));
});

// The set before this one stays for pages that are still open with it.
addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const ours = (await caches.keys()).filter((name) => name.startsWith("yima-") && name !== CACHE);
    const checker = (await Promise.all(ours.map(async (name) => (await caches.open(name)).match("/check")))).some(Boolean);
    if (checker) await keep("check").catch(() => undefined);
    await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
    await clients.claim();
  })());
});

addEventListener("message", (event) => {
  if (FILES[event.data?.keep]) event.waitUntil(keep(event.data.keep));
});

async function keep(page) {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const file of FILES[page]) if (!(await cache.match(file))) missing.push(new Request(file, { cache: "reload" }));
  await cache.addAll(missing);
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  const page = url.pathname === "/" ? "/" : /^\/check\/?$/.test(url.pathname) ? "/check" : null;
  if (event.request.mode === "navigate" && !page) return;
  event.respondWith(answer(event.request, page ?? url.pathname));
});

async function answer(request, key) {
  const kept = (await (await caches.open(CACHE)).match(key)) ?? (await caches.match(key));
  return kept ?? fetch(request);
}
