// Large type: a page of its own with at most five things, one language at a time. It knows the same session as the first page.
import { useState } from "preact/hooks";
import { Icon, scenarioIcon } from "../shared/icons";
import { setPrefs } from "../shared/prefs";
import { session, useSeconds, useSession } from "./context";
import { Confirm } from "./confirm";
import { also, formFor } from "./home";
import { NumberSheet } from "./number";
import { Demo, forWhom, Note, Whose, PlaceSheet, Says, shortName } from "./parts";
import { Eye, Plate } from "./plate";
import { useShowing } from "./showing";
import { t } from "./words";

export const HELPER_KEY = "yima.family";
export const helperNumber = (): string => { try { return localStorage.getItem(HELPER_KEY) ?? ""; } catch { return ""; } };

function greeting(at: number): string {
  const hour = new Date((at + 8 * 3600) * 1000).getUTCHours();
  return t(hour < 11 ? "hello_morning" : hour < 18 ? "hello_noon" : "hello_evening");
}

export function Elder() {
  const snap = useSession();
  const at = useSeconds();
  const [sheet, setSheet] = useState<"places" | "number" | null>(null);
  const form = formFor(false);
  const { showing, turn, ready, renew } = useShowing(form === "scan" ? "T1" : form, `${snap.scenario}/${snap.place?.site ?? 0}/${form}/${snap.acting?.id ?? ""}`);
  const digits = form === "scan" || snap.ended || snap.home?.restricted ? null : (showing?.digits ?? null);
  const helper = helperNumber();
  return (
    <main class="page" id="main">
      <div class="hello"><h1>{snap.acting ? `${forWhom(snap.acting)} ${snap.acting.name}` : greeting(at)}</h1><Demo /></div>
      <Whose snap={snap} />
      <Plate form={showing?.form ?? "T1"} digits={digits} label={t("codeLabel")} turn={turn} foot={<p class="life">{snap.online ? t("elderAim") : t("elderOffline")}</p>}
        empty={form === "scan" ? <><Eye /><b>{t("needAnswerTitle")}</b></> : <><Eye /><b>{snap.ended ? t("endedTitle") : snap.home?.restricted ? t("restrictedTitle") : ready && !snap.drawing ? t("noneTitle") : t("drawing")}</b>{snap.ended && <button class="btn primary" onClick={() => void session.forget()}>{t("endedDo")}</button>}</>} />
      <Confirm shown={form === "T0" && showing !== null} onAnswer={renew} />
      {form !== "scan" && <Says showing={snap.ended || snap.home?.restricted ? null : showing} also={also(snap)} />}
      {showing?.reused && <Note icon="history" late title={t("usedTitle")}>{null}</Note>}
      <button class="use" aria-haspopup="dialog" onClick={() => setSheet("places")}>
        <Icon name={scenarioIcon(snap.scenario)} /><span class="grow">{t("elderUse", { place: shortName(session.chosen()) })}</span><u>{t("elderChange")}</u>
      </button>
      <div class="bigs">
        <a class="primary" href="#/scan"><Icon name="scan" />{t("elderScan")}</a>
        {helper ? <a href={`tel:${helper}`}><Icon name="phone" />{t("elderFamily")}</a> : <button onClick={() => setSheet("number")}><Icon name="say" />{t("elderNumber")}</button>}
      </div>
      <p class="foot"><button onClick={() => setPrefs({ elder: false })}>{t("elderBack")}</button></p>
      {sheet === "places" && <PlaceSheet onClose={() => setSheet(null)} />}
      {sheet === "number" && <NumberSheet onClose={() => setSheet(null)} />}
    </main>
  );
}
