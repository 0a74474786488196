// Serves web/dist with the headers that the server sends, so that stories meet the same rules; /api goes to the real server.
// It knows no story; `npm run stories` prefers the pages that are embedded in the server itself.
import { createServer, request } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { extname, join } from "node:path";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".json": "application/json" };
export const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function fileOf(path) {
  const page = { "/": "/index.html", "/check": "/check/index.html", "/check/": "/check/index.html" }[path] ?? (path.startsWith("/console") ? "/console/index.html" : path);
  const file = join(dist, page);
  return file.startsWith(dist) && existsSync(file) && statSync(file).isFile() ? file : null;
}

/** Starts on a free port; `api` is the real server's URL, or a function that answers a request. */
export async function serve(api) {
  const server = createServer((req, res) => {
    const path = new URL(req.url, "http://x").pathname;
    if (path.startsWith("/api/")) return typeof api === "function" ? api(req, res) : proxy(api, req, res);
    const file = fileOf(path);
    if (!file) { res.writeHead(404).end(); return; }
    const body = readFileSync(file);
    const csp = path.startsWith("/console") ? CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") : CSP;
    res.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff" }).end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function proxy(api, req, res) {
  const to = new URL(req.url, api);
  const onward = request(to, { method: req.method, headers: { ...req.headers, host: to.host } }, (answer) => { res.writeHead(answer.statusCode, answer.headers); answer.pipe(res); });
  onward.on("error", () => res.writeHead(502).end());
  req.pipe(onward);
}
