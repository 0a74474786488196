// The one way out of the console: JSON to and from /api/v1 on the host that served the page.
// It does not know what a page shows; it knows that an ended session (401) must be heard by the shell.
import { BASE, type Answer, type At, type Route, type Sent } from "../../api/at";
import { Problem, problemOf } from "./problem";

const TIMEOUT_MS = 20_000;
/** Dispatched on `window` when the server no longer knows the session. */
export const SESSION_ENDED = "yima:session-ended";

export function read<R extends Route>(path: At<R>, signal?: AbortSignal): Promise<Answer<"get", R>> {
  return ask("GET", path, undefined, signal);
}

export function send<R extends Route>(path: At<R>, ...[body]: Body<R>): Promise<Answer<"post", R>> {
  return ask("POST", path, body ?? {});
}

/** Sends what is looked for, where it may stand in no address. */
export function find<R extends Route>(path: At<R>, body: Sent<"post", R>, signal?: AbortSignal): Promise<Answer<"post", R>> {
  return ask("POST", path, body, signal);
}

/** A route that takes nothing is sent nothing. */
type Body<R extends Route> = Sent<"post", R> extends undefined ? [] : [Sent<"post", R>];

/** Sends JSON and gets a file back (a PDF with a photo that is kept nowhere). */
export async function sendForFile<R extends Route>(path: At<R>, body: Sent<"post", R>): Promise<Blob> {
  const answer = await reach("POST", path, body);
  if (!answer.ok) throw await refusalOf(answer, path);
  return answer.blob();
}

/** Address of a file (a PDF) that the browser opens itself. */
export function fileAddress<R extends Route>(path: At<R>): string {
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
