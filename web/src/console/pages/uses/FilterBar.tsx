// Narrows the uses: a stretch of the province's time, the deed, how it ended, who did it, and for which scenario.
// It only writes the address; the page reads it.
import { Button, Select } from "antd";
import { at } from "../../../api/at";
import { useRead } from "../../api/use";
import { go, href } from "../../shell/route";
import { useLanguage, useWords } from "../../words/language";
import { useTerms } from "../../words/terms";
import type { Filters } from "./asking";
import { Moment } from "./Moment";
import { lastDays } from "./range";
import { words } from "./uses.words";

const STRETCHES = [1, 7, 31] as const;

export function FilterBar({ asked }: { asked: Filters }) {
  const t = useWords(words).filter;
  const terms = useTerms();
  const { language } = useLanguage();
  const scenarios = useRead(at("/scenarios")).data?.scenarios ?? [];
  const set = (change: Filters): void => go(href("uses", null, { ...asked, ...change }));
  const now_s = Date.now() / 1000;
  return (
    <>
      <Moment label={t.from} value={asked.from} onChange={(from) => set({ from })} />
      <Moment label={t.to} value={asked.to} onChange={(to) => set({ to })} />
      <div className="row stretches" role="group" aria-label={t.stretch}>
        {STRETCHES.map((days) => {
          const range = lastDays(days, now_s);
          const here = range.from === asked.from && range.to === asked.to;
          return (
            <Button key={days} aria-pressed={here} type={here ? "primary" : "default"} ghost={here} onClick={() => set(range)}>
              {t.days[days]}
            </Button>
          );
        })}
      </div>
      <Choice id="use-deed" label={t.deed} all={t.all} table={terms.deed} value={asked.deed} set={(deed) => set({ deed })} />
      <Choice id="use-outcome" label={t.outcome} all={t.all} table={terms.outcome} value={asked.outcome} set={(outcome) => set({ outcome })} />
      <Choice id="use-actor" label={t.actor} all={t.all} table={terms.actor} value={asked.actor} set={(actor) => set({ actor })} />
      <Choice
        id="use-scenario"
        label={t.scenario}
        all={t.all}
        table={Object.fromEntries(scenarios.map(({ slug, name }) => [slug, name[language]]))}
        value={asked.scenario}
        set={(scenario) => set({ scenario })}
      />
    </>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  all: string;
  table: Record<string, string>;
  value: string | undefined;
  set: (value?: string) => void;
}

function Choice({ id, label, all, table, value, set }: ChoiceProps) {
  return (
    <label className="field" htmlFor={id}>
      {label}
      <Select
        id={id}
        value={value}
        onChange={set}
        options={Object.entries(table).map(([word, text]) => ({ value: word, label: text }))}
        allowClear
        placeholder={all}
        showSearch={{ optionFilterProp: "label" }}
      />
    </label>
  );
}
