// The pages of records, of the family, of oneself and of a screen to sign in, each fetched when it is first opened; the service worker keeps it, so it opens without a network too.
// It knows when the page is here, and nothing of what stands on it.
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Note } from "./parts";
import { Eye } from "./plate";
import { t } from "./words";

const pages = {
  data: async () => (await import("./data")).Data,
  family: async () => (await import("./family")).Family,
  me: async () => (await import("./me")).Me,
  paused: async () => (await import("./me")).Paused,
  screen: async () => (await import("./family")).Screen,
};
type Name = keyof typeof pages;
const kept: Partial<Record<Name, FunctionComponent>> = {};
const fetched = async (name: Name): Promise<FunctionComponent> => (kept[name] ??= await pages[name]());

export const isLater = (name: string): name is Name => name !== "paused" && Object.hasOwn(pages, name);

export function Later({ name }: { name: Name }) {
  const [Page, show] = useState<FunctionComponent | null>(() => kept[name] ?? null);
  const [failed, fail] = useState(false);
  const ask = (): void => {
    fail(false);
    fetched(name).then((page) => show(() => page), () => fail(true));
  };
  useEffect(ask, []);
  if (Page) return <Page />;
  return (
    <main class="page" id="main">
      {failed
        ? <Note icon="netoff" late title={t("pageMissing")} end={<button class="btn small" onClick={ask}>{t("again")}</button>}>{t("pageMissingText")}</Note>
        : <div class="still"><Eye /><span class="away">{t("loading")}</span></div>}
    </main>
  );
}
