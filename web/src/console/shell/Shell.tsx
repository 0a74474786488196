// The frame around every page: side, head with title and tools, and the page itself, loaded when first opened.
// It does not know what a page reads.
import { Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Empty, Failed, Waiting } from "../parts/said";
import { useWords } from "../words/language";
import { asProblem } from "../api/use";
import { Find } from "./Find";
import { HeadNote } from "./head-note";
import { Nav } from "./Nav";
import { PAGES, pagesOf, type PageEntry } from "./pages";
import { Rescue } from "./Rescue";
import { href, useRoute } from "./route";
import { useMe } from "./session";
import { words } from "./shell.words";
import { Tools } from "./Tools";

export function Shell() {
  const t = useWords(words);
  const me = useMe();
  const route = useRoute();
  const entry = pagesOf(me.role).find((page) => page.name === route.page);
  const [note, setNote] = useState<ReactNode>(null);
  const elsewhere = PAGES.find((page) => page.name === route.page);
  const title = entry ? t.titles[entry.name] : elsewhere ? t.titles[elsewhere.name] : t.nowhere.title;
  const heading = useHeading(title, `${route.page}/${route.id ?? ""}`);
  return (
    <div className="app">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        {t.skip}
      </a>
      <Nav here={route.page} />
      <header className="head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p className="context">{note}</p>
        {me.demo && <span className="demo">{t.demo}</span>}
        <div className="right">
          {me.role === "system" && <Find />}
          <Tools />
        </div>
      </header>
      <main id="main">
        <HeadNote value={setNote}>
          <Rescue
            key={`${route.page}/${route.id ?? ""}`}
            show={(error) => <Failed problem={asProblem(error)} again={() => location.reload()} />}
          >
            <Suspense fallback={<Waiting />}>
              {entry ? <Body entry={entry} id={route.id} /> : <Nowhere page={elsewhere} />}
            </Suspense>
          </Rescue>
        </HeadNote>
      </main>
    </div>
  );
}

function Body({ entry, id }: { entry: PageEntry; id: string | null }) {
  const Screen = id && entry.detail ? entry.detail : entry.screen;
  return <Screen />;
}

/** No such page, or one of another role's: then it says whose. */
function Nowhere({ page }: { page: PageEntry | undefined }) {
  const t = useWords(words);
  const home = (
    <a className="go" href={href("overview")}>
      {t.nowhere.home}
    </a>
  );
  if (!page)
    return (
      <Empty title={t.nowhere.title} action={home}>
        {t.nowhere.do}
      </Empty>
    );
  const roles = page.roles.map((role) => t.roles[role]).join(t.others.and);
  return (
    <Empty title={t.others.title} action={home}>
      {t.others.do(t.pages[page.name], roles)}
    </Empty>
  );
}

/** Moves focus to the title when the page changes (not at the first drawing), and names the window. */
function useHeading(title: string, place: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(place);
  const t = useWords(words);
  const product = useMemo(() => `${t.product} · ${t.desk}`, [t]);
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
  useEffect(() => {
    if (before.current !== place) heading.current?.focus();
    before.current = place;
  }, [place]);
  return heading;
}
