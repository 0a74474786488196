// What the server says when it will not or cannot (RFC 9457), and the two ways in which nothing was said at all.
// It does not know what was asked.
import type { Problem as Body } from "../../api/types";
import type { Language } from "../words/language";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detailEn: string | null;
  readonly detailZh: string | null;
  readonly requestId: string | null;

  constructor(status: number, body: Partial<Body> = {}) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? (status === 0 ? "unreachable" : "unexpected");
    this.detailEn = body.detail ?? null;
    this.detailZh = body.detail_zh ?? null;
    this.requestId = body.request_id ?? null;
  }

  /** The server's own sentence in the reader's language, where it sent one. */
  sentence(language: Language): string | null {
    return language === "zh" ? (this.detailZh ?? this.detailEn) : (this.detailEn ?? this.detailZh);
  }
}

/** Reads a refusal; a body that is no problem+json still becomes a Problem with its status. */
export async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  return new Problem(answer.status, typeof body === "object" && body !== null ? (body as Partial<Body>) : {});
}
