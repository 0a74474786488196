// How something stands, said three times at once: a word, a shape and a colour, so that it reads in grey.
// It knows the shapes, not what earns them.
import type { ReactNode } from "react";

/** fine: proven; stop: refused or ended; late: unsure, waiting or behind; plain: neither good nor bad; gone: ended, and nobody need act. */
export type Tone = "fine" | "stop" | "late" | "plain" | "gone";

export function Standing({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`standing ${tone}`} title={title}>
      <Shape tone={tone} />
      {children}
    </span>
  );
}

/** Circle and tick, octagon and bar, diamond and mark, or an open ring. */
export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg className={`shape ${tone}`} viewBox="0 0 24 24" aria-hidden="true">
      {tone === "fine" && (
        <>
          <circle className="f" cx="12" cy="12" r="12" />
          <path className="g" d="M7 12.5l3.5 3.5 6.5-7.5" />
        </>
      )}
      {(tone === "stop" || tone === "gone") && (
        <>
          <path className="f" d="M7 0h10l7 7v10l-7 7H7l-7-7V7z" />
          <path className="g" d="M6.5 12h11" />
        </>
      )}
      {tone === "late" && (
        <>
          <path className="f" d="M12 0l12 12-12 12L0 12z" />
          <path className="g" d="M12 6.5v6M12 16.8v.1" />
        </>
      )}
      {tone === "plain" && <circle className="o" cx="12" cy="12" r="9" />}
    </svg>
  );
}
