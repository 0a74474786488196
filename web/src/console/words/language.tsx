// The two languages of the console and how a page gets its words in one of them.
// It does not know what any page says: words stand in a `.words.ts` file beside their page.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Language = "zh" | "en";

/** Two sets of words of one shape; leaving one out in either language does not compile. */
export interface Words<T> {
  zh: T;
  en: T;
}

/** `pair(中文, English)`. The Chinese gives the shape, the English must follow it. */
export function pair<T>(zh: T, en: NoInfer<T>): Words<T> {
  return { zh, en };
}

interface Spoken {
  language: Language;
  speak: (language: Language) => void;
}

const Spoken = createContext<Spoken>({ language: "zh", speak: () => undefined });
const KEPT_AS = "yima.console.language";

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, speak] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    localStorage.setItem(KEPT_AS, language);
  }, [language]);
  const spoken = useMemo(() => ({ language, speak }), [language]);
  return <Spoken value={spoken}>{children}</Spoken>;
}

export function useLanguage(): Spoken {
  return useContext(Spoken);
}

export function useWords<T>(words: Words<T>): T {
  return words[useContext(Spoken).language];
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
