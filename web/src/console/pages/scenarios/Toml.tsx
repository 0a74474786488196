// A manifest as people read it: keys, values and remarks told apart by weight, numbered lines; and two versions line by line.
// It checks nothing.
import { useMemo } from "react";
import { useWords } from "../../words/language";
import { difference, type Line } from "./manifest";
import { words } from "./scenarios.words";

/** This many unchanged lines stay around a change. */
const CONTEXT_LINES = 3;

export function Toml({ text, label }: { text: string; label: string }) {
  const lines = text.trimEnd().split("\n");
  return (
    <pre className="toml" tabIndex={0} role="region" aria-label={label}>
      <code>
        {lines.map((line, i) => (
          <span key={i} className="line">
            <TomlLine text={line} />
            {"\n"}
          </span>
        ))}
      </code>
    </pre>
  );
}

export function Changes({ before, after, label }: { before: string; after: string; label: string }) {
  const t = useWords(words).show;
  const parts = useMemo(() => folded(difference(before, after)), [before, after]);
  if (parts.every((part) => typeof part === "number")) return <p className="quiet">{t.same}</p>;
  return (
    <pre className="toml changes" tabIndex={0} role="region" aria-label={label}>
      <code>
        {parts.map((part, i) =>
          typeof part === "number" ? (
            <span key={i} className="fold">
              {t.kept(part)}
              {"\n"}
            </span>
          ) : (
            <span key={i} className={`line ${part.kind}`}>
              <b aria-hidden="true">{part.kind === "plus" ? "+" : part.kind === "minus" ? "−" : " "}</b>
              {part.kind !== "same" && <span className="away">{t[part.kind]} </span>}
              <TomlLine text={part.text} />
              {"\n"}
            </span>
          ),
        )}
      </code>
    </pre>
  );
}

function TomlLine({ text }: { text: string }) {
  if (/^\s*#/.test(text)) return <i className="remark">{text}</i>;
  if (/^\s*\[/.test(text)) return <b className="table">{text}</b>;
  const at = text.indexOf("=");
  return at < 0 ? (
    <>{text}</>
  ) : (
    <>
      <span className="name">{text.slice(0, at)}</span>
      {text.slice(at)}
    </>
  );
}

/** Runs of unchanged lines become their number, except next to a change. */
function folded(lines: Line[]): (Line | number)[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT_LINES), i + CONTEXT_LINES + 1).some((line) => line.kind !== "same"),
  );
  const parts: (Line | number)[] = [];
  lines.forEach((line, i) => {
    const last = parts.at(-1);
    if (near[i]) parts.push(line);
    else if (typeof last === "number") parts[parts.length - 1] = last + 1;
    else parts.push(1);
  });
  return parts;
}
