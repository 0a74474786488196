// Parts that several pages of the resident share: the top bar, the tabs, notes and the list of places. They know words and routes.
import type { ComponentChildren } from "preact";
import { Icon, Mark, scenarioIcon, type IconName } from "../shared/icons";
import { getPrefs, setPrefs } from "../shared/prefs";
import { Sheet } from "../shared/sheet";
import { say } from "../shared/words";
import type { Scenario } from "../api/types";
import { session } from "./context";
import type { Showing, Snapshot } from "./session";
import { t, table, type WordKey } from "./words";

export const Demo = () => (session.snapshot.demo ? <span class="demo">{t("demo")}</span> : null);

export function Top() {
  return (
    <header class="top">
      <span class="brand"><Mark />{t("app")}</span><Demo /><span class="grow" />
      <button class="tool" aria-label={`${t("big")} · ${t("bigLabel")}`} onClick={() => setPrefs({ elder: true })}><span>{t("big")}</span></button>
      <button class="tool" aria-label={`${t("other")} · ${t("otherLabel")}`} onClick={() => setPrefs({ lang: getPrefs().lang === "zh" ? "en" : "zh" })}><span>{t("other")}</span></button>
    </header>
  );
}

const tabs = [["", "tabShow", "code"], ["scan", "tabScan", "scan"], ["data", "tabData", "eye"], ["me", "tabMe", "me"]] as const;

export function Tabs({ here, onAgain }: { here: string; onAgain: () => void }) {
  return (
    <nav class="tabs" aria-label={t("tabs")}>
      {tabs.map(([route, word, icon]) => (
        <a key={route} href={`#/${route}`} onClick={() => { if (here === route) onAgain(); }} {...(here === route ? { "aria-current": "page" as const } : {})}><Icon name={icon} />{t(word)}</a>
      ))}
    </nav>
  );
}

export function Note({ icon, title, late, end, children }: { icon: IconName; title: string; late?: boolean; end?: ComponentChildren; children: ComponentChildren }) {
  return <div class={late ? "note late" : "note"} role="status"><Icon name={icon} /><div class="grow"><b>{title}</b>{children}</div>{end}</div>;
}

/** What the shown code says of its holder, or why it says less than the place asks for; `also` is what it counts for beside the place's own meaning. */
export function Says({ showing, also, end }: { showing: Showing | null; also?: Scenario | undefined; end?: ComponentChildren }) {
  if (!showing) return null;
  if (showing.lacking) {
    const word = lackWord(showing.lacking);
    return <Note icon="hand" late title={t(word)}>{t(word === "lackRare" ? "lackRareText" : "lackText")}</Note>;
  }
  if (showing.says === 0) return null;
  const band = `band_${showing.says}`;
  const benefit = session.snapshot.home?.benefits?.find((one) => one.number === showing.says);
  const what = showing.flavour === "benefit" ? (benefit ? say(benefit.words) : "") : band in table ? t(band as WordKey) : "";
  return what ? <Note icon="check" title={t("saysTitle", { what })} end={also && end}>{also ? t("carriesOn", { what: say(also.name) }) : t("saysText")}</Note> : null;
}
function lackWord({ flavour, accepted, held }: NonNullable<Showing["lacking"]>): WordKey {
  const home = session.snapshot.home;
  if (flavour === "age_band") return held.length ? "lackAge" : home?.flavours.includes(flavour) ? "lackBand" : "lackRare";
  const rare = home?.benefits?.some((one) => !one.drawable && (accepted.length === 0 || accepted.includes(one.number)));
  return rare ? "lackRare" : held.length ? "lackOther" : "lackBenefit";
}

/** What stands beneath the name of whom a code is shown for. */
export const forWhom = (acting: { kind: string }): string => t(isFirm(acting) ? "firmFor" : acting.kind === "post" ? "postFor" : "familyFor");
export const isFirm = (acting: { kind: string } | null): boolean => acting?.kind === "agent" || acting?.kind === "representative";

/** Whose code is shown, where this device may show somebody else's too. */
export function Whose({ snap }: { snap: Snapshot }) {
  if (snap.family.length === 0) return null;
  const options: [string, string][] = [["", t("familyMe")], ...snap.family.map((one): [string, string] => [one.id, one.name])];
  return <div class="whose"><Pick name="whose" label={t("familyWhose")} value={snap.acting?.id ?? ""} options={options} onPick={(id) => void session.actFor(snap.family.find((one) => one.id === id) ?? null)} /></div>;
}

export const Wrong = ({ text }: { text: string }) => <p class="wrong" role="alert"><Icon name="hand" /><span>{text}</span></p>;

/** What a chip or a line of large type calls a scenario: short, as people say it. */
const short: Record<string, readonly [string, string]> = {
  bus: ["公交", "Bus"], metro: ["地铁", "Metro"], hospital: ["就医", "Clinic"], library: ["图书馆", "Library"], park: ["公园", "Park"], window: ["政务", "Office"],
  hotel: ["住店", "Hotel"], netcafe: ["网吧", "Net café"], elder: ["老年优待", "Senior"], fuel: ["加油", "Fuel"], student: ["学生", "Student"], event: ["活动", "Event"], place: ["场所", "Place"], "sign-in": ["登录", "Sign in"],
};
export function shortName(scenario: Scenario | undefined): string {
  if (!scenario) return t("any");
  const pair = short[scenario.slug];
  return pair ? pair[getPrefs().lang === "zh" ? 0 : 1] : say(scenario.name);
}

/** Scenarios in which a person shows a code of their own accord. */
export const offered = (scenarios: readonly Scenario[]): Scenario[] => scenarios.filter((s) => s.slug !== "place");

export function PlaceSheet({ onClose }: { onClose: () => void }) {
  const { scenarios, scenario } = session.snapshot;
  const pick = (slug: string) => { void session.choose(slug); onClose(); };
  return (
    <Sheet label={t("moreTitle")} onClose={onClose}>
      <h2>{t("moreTitle")}</h2>
      <ul class="options">
        <li><button class="option" aria-pressed={scenario === "any"} onClick={() => pick("any")}>
          <span class="face"><Icon name="any" /></span><span><b>{t("any")}</b><small>{t("anySees")}</small></span>{scenario === "any" && <Icon name="check" />}
        </button></li>
        {offered(scenarios).map((s) => (
          <li key={s.slug}><button class="option" aria-pressed={scenario === s.slug} onClick={() => pick(s.slug)}>
            <span class="face"><Icon name={scenarioIcon(s.slug)} /></span>
            <span><b>{say(s.name)}</b><small>{say(s.sees)}</small></span>{scenario === s.slug && <Icon name="check" />}
          </button></li>
        ))}
      </ul>
    </Sheet>
  );
}

export function Pick({ name, value, options, label, onPick }: { name: string; value: string; options: readonly (readonly [string, string])[]; label: string; onPick: (value: string) => void }) {
  return (
    <div class="pick" role="radiogroup" aria-label={label}>
      {options.map(([key, word]) => (
        <label key={key} class={key === "no" ? "no" : ""}><input type="radio" name={name} checked={value === key} onChange={() => onPick(key)} />{word}</label>
      ))}
    </div>
  );
}
