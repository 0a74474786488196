// Registers the service worker, which keeps a page's files on the device. It does not know which files those are.
export function keepOffline(page: "resident" | "check"): void {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then((ready) => {
    ready.active?.postMessage({ keep: page });
  }).catch(() => undefined);
}
