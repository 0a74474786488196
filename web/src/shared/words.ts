// Words in both languages: a table is a record of [Chinese, English] pairs, and `words(table)` speaks the chosen one.
// It knows the language of the page, not what the words are about.
export type Lang = "zh" | "en";
export type Pair = readonly [zh: string, en: string];
export interface Both { zh: string; en: string }
type Values = Record<string, string | number>;

let lang: Lang = "zh";

export const currentLang = (): Lang => lang;

export function setLang(next: Lang): void {
  lang = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en-GB";
}

/** Chinese unless the person chose English or the browser knows no Chinese. */
export function preferredLang(saved: string | null, languages: readonly string[]): Lang {
  if (saved === "zh" || saved === "en") return saved;
  return languages.some((l) => l.toLowerCase().startsWith("zh")) || languages.length === 0 ? "zh" : "en";
}

export const say = (both: Both): string => (lang === "zh" ? both.zh : both.en) || both.zh || both.en;

/** Returns `t(key, values)`; `{name}` in a sentence is replaced by `values.name`. */
export function words<T extends Record<string, Pair>>(table: T) {
  return (key: keyof T & string, values?: Values): string => {
    const pair = table[key] as Pair;
    const text = lang === "zh" ? pair[0] : pair[1];
    return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "")) : text;
  };
}
