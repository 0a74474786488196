// Problems as the server words them (RFC 9457), and the one that the network makes. It knows no page.
import { currentLang } from "./words";

export class Problem extends Error {
  constructor(readonly code: string, readonly status: number, readonly zh: string, readonly en: string, readonly serverAt?: number, readonly retryAfterS?: number) {
    super(`${code}: ${en}`);
  }
  get words(): string { return currentLang() === "zh" ? this.zh : this.en; }
}

export const noNetwork = (): Problem =>
  new Problem("no_network", 0, "没有连上网络。码照常能用，这件事等连上再办。", "No network. Your code still works; try this again when you are connected.");

export async function readProblem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const zh = "我们这边出了问题，你的码不受影响。3 分钟后再试。";
  const en = "Something broke on our side; your code still works. Try again in 3 minutes.";
  const text = (key: string, other: string) => (typeof body[key] === "string" && body[key] !== "" ? (body[key] as string) : other);
  const serverAt = typeof body["server_at"] === "number" ? body["server_at"] : undefined;
  const after = response.headers.get("Retry-After") ?? "";
  const retryAfterS = /^\d{1,5}$/.test(after) ? Number(after) : undefined;
  return new Problem(text("code", "server_error"), response.status, text("detail_zh", zh), text("detail", en), serverAt, retryAfterS);
}

/** What to tell a person about any thrown thing. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem("page_error", 0, "这一页出了点问题，请再试一次。", "Something on this page went wrong. Please try again.");
