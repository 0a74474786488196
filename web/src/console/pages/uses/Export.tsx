// Takes the shown range home as a file. Each reading it needs is a use of its own, and the page says so.
// It does not know how a file is written.
import { Button } from "antd";
import { useState } from "react";
import { useDeed } from "../../api/use";
import { Icon } from "../../parts/icons";
import { Failed } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import type { Asking } from "./asking";
import { csvOf, download, ndjsonOf, readAll, ROWS_MAX } from "./export";
import { localOf } from "./range";
import { words } from "./uses.words";

export function Export({ asking, disabled }: { asking: Asking; disabled: boolean }) {
  const t = useWords(words).export;
  const { number } = useFormat();
  const { busy, problem, run } = useDeed();
  const [said, setSaid] = useState("");
  const take = (kind: "csv" | "ndjson"): void =>
    void run(async () => {
      const { rows, cut } = await readAll(asking, (n) => setSaid(t.reading(number(n))));
      const name = `yima-uses-${[asking.from, asking.to].map((moment) => (moment === undefined ? "all" : localOf(moment).replace(":", ""))).join("-to-")}`;
      if (kind === "csv") download(`${name}.csv`, "text/csv", csvOf(rows));
      else download(`${name}.ndjson`, "application/x-ndjson", ndjsonOf(rows));
      setSaid(cut ? t.cut(number(ROWS_MAX)) : t.done(number(rows.length)));
    });
  return (
    <div className="export">
      <div className="row">
        {(["csv", "ndjson"] as const).map((kind) => (
          <Button key={kind} disabled={disabled} loading={busy} onClick={() => take(kind)}>
            <Icon name="table" small />
            {t[kind]}
          </Button>
        ))}
      </div>
      <p className="fine-print" role="status">
        {said || t.note}
      </p>
      {problem && <Failed problem={problem} />}
    </div>
  );
}
