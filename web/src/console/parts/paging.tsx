// Paging by key: the server gives the key of the next page, the browser remembers how it came here. No page numbers, no totals.
// It does not know what is listed.
import { Button } from "antd";
import { useCallback, useMemo, useState } from "react";
import { pair, useWords } from "../words/language";
import { Icon } from "./icons";

export interface Trail {
  /** Key to ask with; undefined on the first page. */
  after: string | undefined;
  page: number;
  forth: (next: string) => void;
  back: () => void;
}

/** A trail that starts anew whenever the filters (`of`) change. */
export function useTrail(of: string): Trail {
  const [held, setHeld] = useState<{ of: string; keys: string[] }>({ of, keys: [] });
  const keys = useMemo(() => (held.of === of ? held.keys : []), [held, of]);
  const forth = useCallback((next: string) => setHeld({ of, keys: [...keys, next] }), [of, keys]);
  const back = useCallback(() => setHeld({ of, keys: keys.slice(0, -1) }), [of, keys]);
  return { after: keys.at(-1), page: keys.length + 1, forth, back };
}

const words = pair(
  { back: "上一页", forth: "下一页", page: (n: number) => `第 ${n} 页`, label: "翻页" },
  { back: "Previous", forth: "Next", page: (n: number) => `Page ${n}`, label: "Pages" },
);

export function Paging({ trail, next }: { trail: Trail; next: string | null | undefined }) {
  const t = useWords(words);
  if (trail.page === 1 && !next) return null;
  return (
    <nav className="paging" aria-label={t.label}>
      <span aria-live="polite">{t.page(trail.page)}</span>
      <div>
        <Button size="small" disabled={trail.page === 1} onClick={trail.back}>
          <Icon name="back" small />
          {t.back}
        </Button>
        <Button
          size="small"
          disabled={!next}
          onClick={() => {
            if (next) trail.forth(next);
          }}
        >
          {t.forth}
          <Icon name="next" small />
        </Button>
      </div>
    </nav>
  );
}
