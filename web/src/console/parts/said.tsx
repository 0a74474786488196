// What a page says when it has nothing to show: still coming, nothing there, or a refusal with what to do next.
// It does not know what was asked for.
import { Button } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "../api/problem";
import { useLanguage, useWords } from "../words/language";
import { Shape, type Tone } from "./standing";
import { words } from "./said.words";

/** What happened, whose turn it is, what to do; `again` offers the next try. */
export function Failed({ problem, again }: { problem: Problem; again?: () => void }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const known = t[kindOf(problem)];
  return (
    <div className={`said ${toneOf(problem)}`} role="alert">
      <Shape tone={toneOf(problem)} />
      <div>
        <b>{known.title}</b>
        <p>{problem.sentence(language) ?? known.do}</p>
        {problem.requestId && problem.status >= 500 && (
          <p className="fine-print">
            {t.number}: <code>{problem.requestId}</code>
          </p>
        )}
      </div>
      {again && <Button onClick={again}>{t.again}</Button>}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <path d="M8 8h32v32H8zM18 18h12v12H18z" />
      </svg>
      <b>{title}</b>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Nothing among those that were looked at; there are older ones. */
export function FurtherBack({ go }: { go: () => void }) {
  const t = useWords(words).further;
  return (
    <Empty title={t.title} action={<Button onClick={go}>{t.press}</Button>}>
      {t.do}
    </Empty>
  );
}

export function Waiting() {
  const t = useWords(words);
  return (
    <p className="waiting" role="status">
      {t.waiting}
    </p>
  );
}

type Kind =
  "unreachable" | "busy" | "ours" | "role" | "refused" | "full" | "missing" | "conflict" | "input" | "large" | "often" | "ended";

function kindOf({ status, code }: Problem): Kind {
  if (status === 403 && code !== "not_allowed") return "refused";
  const known: Record<number, Kind> = {
    0: "unreachable",
    401: "ended",
    403: "role",
    404: "missing",
    409: "conflict",
    413: "large",
    429: "often",
    503: "busy",
    507: "full",
  };
  return known[status] ?? (status >= 500 ? "ours" : "input");
}

function toneOf({ status }: Problem): Tone {
  return status >= 500 || status === 0 ? "late" : status === 403 ? "plain" : "stop";
}
