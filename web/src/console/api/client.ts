// The one way out of the console: JSON to and from /api/v1 on the host that served the page.
// It does not know what a page shows; it knows that an ended session (401) must be heard by the shell.
import { Problem, problemOf } from "./problem";

const BASE = "/api/v1";
const TIMEOUT_MS = 20_000;
/** Dispatched on `window` when the server no longer knows the session. */
export const SESSION_ENDED = "yima:session-ended";

export function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>("GET", path, undefined, signal);
}

export function send<T>(path: string, body: unknown = {}): Promise<T> {
  return ask<T>("POST", path, body);
}

/** `query('/residents', {region: '3701', after: undefined})` leaves out what is empty. */
export function query(path: string, fields: Record<string, string | number | undefined | null>): string {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** Sends JSON and gets a file back (a PDF with a photo that is kept nowhere). */
export async function sendForFile(path: string, body: unknown): Promise<Blob> {
  const answer = await reach("POST", path, body);
  if (!answer.ok) throw await refusalOf(answer, path);
  return answer.blob();
}

/** Address of a file (a PDF) that the browser opens itself. */
export function fileAddress(path: string): string {
  return `${BASE}${path}`;
}

async function ask<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await reach(method, path, body, signal);
  if (!answer.ok) throw await refusalOf(answer, path);
  if (answer.status === 204 || answer.headers.get("content-length") === "0") return undefined as T;
  return (await answer.json()) as T;
}

async function refusalOf(answer: Response, path: string): Promise<Problem> {
  if (answer.status === 401 && !path.startsWith("/operators/")) dispatchEvent(new Event(SESSION_ENDED));
  return problemOf(answer);
}

async function reach(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const patience = new AbortController();
  const giveUp = (): void => patience.abort();
  const timer = setTimeout(giveUp, TIMEOUT_MS);
  signal?.addEventListener("abort", giveUp);
  try {
    return await fetch(BASE + path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      signal: patience.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
