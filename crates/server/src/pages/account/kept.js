// Staying signed in on one's own device. A key that this browser can use and never read is made here; later it answers a
// challenge, and the session opens again by itself. Without this script one simply signs in again.
"use strict";

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const KEY = { name: "ECDSA", namedCurve: "P-256" };
const SIGNS = { name: "ECDSA", hash: "SHA-256" };

function keys(mode, work) {
  return new Promise((done, failed) => {
    const opened = indexedDB.open("yima-kept", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore("keys", { keyPath: "id" });
    opened.onerror = () => failed(opened.error);
    opened.onsuccess = () => {
      const store = opened.result.transaction("keys", mode).objectStore("keys");
      const asked = work(store);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    };
  });
}

function send(path, body) {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

// The mark of this page counts no more: another page, opened at the same moment, gave this browser the cookie that it has now.
class OldPage extends Error {}

async function challenge(mark) {
  const answer = await send("/account/kept/ask", { mark });
  if (answer.status === 403) throw new OldPage();
  if (!answer.ok) throw new Error("");
  return (await answer.json()).ask;
}

async function signed(key, what, ask) {
  const bytes = new TextEncoder().encode(`yima.kept.v1\0${what}\0${ask}`);
  return toText(await crypto.subtle.sign(SIGNS, key, bytes));
}

// SEC 1: a compressed point is its x behind a 2 or 3.
function compressed(raw) {
  const point = new Uint8Array(raw);
  const short = new Uint8Array(33);
  short[0] = 2 + (point[64] & 1);
  short.set(point.subarray(1, 33), 1);
  return short;
}

async function keep(form) {
  const mark = form.elements.mark.value;
  const pair = await crypto.subtle.generateKey(KEY, false, ["sign"]);
  const key = toText(compressed(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const ask = await challenge(mark);
  const signature = await signed(pair.privateKey, "keep", ask);
  const answer = await send("/account/kept", { mark, ask, key, signature });
  const body = await answer.json();
  if (body.code === "step_up") {
    location.assign(form.dataset.stepUp);
    return;
  }
  if (!answer.ok) throw new Error(document.documentElement.lang === "en" ? body.detail : body.detail_zh);
  await keys("readwrite", (store) => store.put({ id: body.id, key: pair.privateKey }));
  location.assign("/account");
}

// Each key that this browser has, until one opens; one that is refused has ended and is forgotten.
async function open(place) {
  const mark = place.dataset.mark;
  for (const kept of await keys("readonly", (store) => store.getAll())) {
    const ask = await challenge(mark);
    const signature = await signed(kept.key, "open", ask);
    const answer = await send("/account/kept/open", { mark, id: kept.id, ask, signature });
    if (answer.ok) {
      location.replace(place.dataset.keptOpen);
      return;
    }
    const { code } = await answer.json();
    if (code !== "not_accepted") throw new Error(code);
    await keys("readwrite", (store) => store.delete(kept.id));
  }
}

// Pages that open together wait for each other; those behind the first find its session when they are asked for again.
async function inTurn(place) {
  if (!navigator.locks) return open(place);
  let first = false;
  await navigator.locks.request("yima-kept", { ifAvailable: true }, async (free) => {
    first = free !== null;
    if (first) await open(place);
  });
  if (!first) await navigator.locks.request("yima-kept", () => location.reload());
}

const place = document.querySelector("[data-kept-open]");
const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";
// A browser that keeps nothing, or a network that fails: the page of signing in stands there as it is.
if (place && window.indexedDB && crypto.subtle) {
  inTurn(place).catch((why) => {
    if (why instanceof OldPage && !reloaded()) location.reload();
  });
}

const form = document.querySelector("form[data-keep]");
if (form && window.indexedDB && crypto.subtle) {
  const button = form.querySelector("button");
  const notice = form.querySelector("[data-failed]");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    notice.hidden = true;
    try {
      await keep(form);
    } catch (why) {
      const ours = why instanceof Error && why.constructor === Error;
      notice.textContent = ours && why.message ? why.message : notice.dataset.failed;
      notice.hidden = false;
      button.disabled = false;
    }
  });
}
