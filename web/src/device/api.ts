// The device's way to the server: JSON over fetch, signed by the device key (RFC 9421, the profile of docs/api).
// It knows how to ask, not what for.
import { sha256, toStdB64, utf8, type Bytes } from "../code/bytes";
import { noNetwork, Problem, readProblem } from "../shared/problem";
import type { Sign } from "../code/token";

export const API = "/api/v1";
const TIMEOUT_MS = 12_000;

export interface Signer { keyId: string; sign: Sign; at: () => number }

async function send(path: string, init: RequestInit): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { ...init, signal: stop.signal, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw noNetwork();
  } finally {
    clearTimeout(timer);
  }
}

async function signedHeaders(method: string, path: string, body: Bytes, signer: Signer): Promise<Record<string, string>> {
  const url = new URL(path, "https://any.invalid");
  const digest = `sha-256=:${toStdB64(await sha256(body))}:`;
  const params = `("@method" "@path" "@query" "content-digest");created=${signer.at()};keyid="${signer.keyId}"`;
  const base = [
    `"@method": ${method}`, `"@path": ${url.pathname}`, `"@query": ${url.search || "?"}`,
    `"content-digest": ${digest}`, `"@signature-params": ${params}`,
  ].join("\n");
  const signature = await signer.sign(utf8(base));
  return { "Content-Digest": digest, "Signature-Input": `yima=${params}`, Signature: `yima=:${toStdB64(signature)}:` };
}

export async function raw(method: string, path: string, body?: unknown, signer?: Signer): Promise<Response> {
  const bytes = body === undefined ? new Uint8Array(0) : utf8(JSON.stringify(body));
  const headers: Record<string, string> = signer ? await signedHeaders(method, API + path, bytes, signer) : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await send(API + path, { method, headers, ...(body === undefined ? {} : { body: bytes }) });
  if (!response.ok && response.status !== 304) throw await readProblem(response);
  return response;
}

export async function call<T>(method: string, path: string, body?: unknown, signer?: Signer): Promise<T> {
  const response = await raw(method, path, body, signer);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export { Problem };
