// What a person chose about looks: language, large type, theme; kept on this device. It knows no page.
import { preferredLang, setLang, type Lang } from "./words";

export interface Prefs { lang: Lang; elder: boolean; theme: "auto" | "light" | "dark" }

const KEY = "yima.looks";
const listeners = new Set<() => void>();

function load(): Prefs {
  let saved: Partial<Prefs> = {};
  try { saved = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Prefs>; } catch { saved = {}; }
  return { lang: preferredLang(saved.lang ?? null, navigator.languages), elder: saved.elder === true, theme: saved.theme ?? "auto" };
}

let prefs = load();
const darkOutside = matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const dark = prefs.theme === "dark" || (prefs.theme === "auto" && darkOutside.matches);
  const root = document.documentElement;
  root.dataset["theme"] = dark ? "dark" : "light";
  if (prefs.elder) root.dataset["size"] = "elder"; else delete root.dataset["size"];
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#0E141B" : "#F5F2EB");
  setLang(prefs.lang);
}

export const getPrefs = (): Prefs => prefs;

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  try { localStorage.setItem(KEY, JSON.stringify(prefs)); } catch { /* private mode: the choice lasts as long as the page */ }
  apply();
  for (const tell of listeners) tell();
}

export function onPrefs(tell: () => void): () => void {
  listeners.add(tell);
  return () => { listeners.delete(tell); };
}

darkOutside.addEventListener("change", () => setPrefs({}));
apply();
