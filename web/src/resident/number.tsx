// A short number for those who can't show a picture: asked for, read out, counted down. It knows nothing of how numbers are drawn.
import { useState } from "preact/hooks";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { say } from "../shared/words";
import type { ShortNumber } from "../api/types";
import { session, useSeconds } from "./context";
import { PlaceSheet, Wrong } from "./parts";
import { t } from "./words";

const grouped = (number: string): string => number.replace(/(\d{4})(?=\d)/g, "$1 ");

export function NumberSheet({ onClose }: { onClose: () => void }) {
  const scenario = session.chosen();
  const [desk, setDesk] = useState("");
  const [number, setNumber] = useState<ShortNumber | null>(null);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const at = useSeconds();
  const left = number ? number.expires_at - at : 0;
  const ask = async () => {
    if (!scenario) return;
    setBusy(true);
    setWrong("");
    try {
      setNumber(await session.shortNumber(scenario.slug, desk ? Number(desk) : session.snapshot.place?.site));
    } catch (error) { setWrong(asProblem(error).words); }
    setBusy(false);
  };
  if (!scenario) return <PlaceSheet onClose={() => { if (!session.chosen()) onClose(); }} />;
  return (
    <Sheet label={t("numTitle")} onClose={onClose}>
      <h2>{t("numTitle")}</h2>
      <p class="text">{t("numFor", { place: say(scenario.name) })} · {t("numText")}</p>
      {number && left > 0 && <div role="status"><p class={number.number.length > 8 ? "number long" : "number"} aria-label={number.number.split("").join(" ")}>{grouped(number.number)}</p><p class="center">{t("numLeft", { n: left })}</p></div>}
      {number && left <= 0 && <p class="center">{t("numOver")}</p>}
      {!number && <label class="field"><span>{t("numDesk")}</span><input inputMode="numeric" pattern="[0-9]*" value={desk} onInput={(e) => setDesk(e.currentTarget.value.replace(/\D/g, ""))} /></label>}
      {wrong && <Wrong text={wrong} />}
      {(!number || left <= 0) && <button class="btn primary" disabled={busy} onClick={() => void ask()}>{number ? t("numNew") : t("numGet")}</button>}
      <button class="btn" onClick={onClose}>{t("close")}</button>
    </Sheet>
  );
}
