// The plain pieces that every page is laid out with: a titled card, a head with the page's one main action, a term list.
// They know no noun.
import type { ReactNode } from "react";

interface CardProps {
  title: string;
  note?: ReactNode;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Card({ title, note, aside, className = "", children }: CardProps) {
  return (
    <section className={`card ${className}`}>
      <header>
        <h2>{title}</h2>
        {note && <p>{note}</p>}
        {aside && <div className="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Filters on the left, what to press on the right. */
export function Bench({ children, action }: { children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="bench">
      <div className="filters">{children}</div>
      {action}
    </div>
  );
}

export function Terms({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="terms">
      {items.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
