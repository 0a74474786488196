// The side: the mark, the pages of this role, and who is at the desk.
// It does not know what the pages show.
import { Icon, Mark } from "../parts/icons";
import { useWords } from "../words/language";
import { pagesOf, type PageEntry, type PageName } from "./pages";
import { href } from "./route";
import { useDesk, useMe } from "./session";
import { words } from "./shell.words";

export function Nav({ here }: { here: string }) {
  const t = useWords(words);
  const me = useMe();
  const { leave } = useDesk();
  const pages = pagesOf(me.role);
  return (
    <nav className="side" aria-label={t.menu}>
      <a className="brand" href={href("overview")}>
        <Mark />
        {t.product}
        <small>{t.desk}</small>
      </a>
      <Links pages={pages.filter((page) => page.group === "top")} here={here} />
      {(["nouns", "ground"] as const).map((group) => {
        const some = pages.filter((page) => page.group === group);
        return (
          some.length > 0 && (
            <section key={group} aria-label={t.groups[group]}>
              <h2>{t.groups[group]}</h2>
              <Links pages={some} here={here} />
            </section>
          )
        );
      })}
      <div className="me">
        <b>{me.name}</b>
        <p>{t.roles[me.role]}</p>
        <p>{t.limits[me.role]}</p>
        <button type="button" onClick={() => void leave()}>
          <Icon name="leave" small />
          {t.leave}
        </button>
      </div>
    </nav>
  );
}

function Links({ pages, here }: { pages: readonly PageEntry[]; here: string }) {
  const t = useWords(words);
  return (
    <ul>
      {pages.map(({ name, icon }) => (
        <li key={name}>
          <a className="to" href={href(name)} aria-current={here === name ? "page" : undefined}>
            <Icon name={icon} />
            <span>{t.pages[name as PageName]}</span>
            <small aria-hidden="true">{t.other[name as PageName]}</small>
          </a>
        </li>
      ))}
    </ul>
  );
}
