// The two sheets behind the rights: what to correct or explain, and what a deletion means before it is asked for.
// They send, and know nothing of what follows.
import { useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { say } from "../shared/words";
import type { MyRights } from "../api/types";
import { Pick, Wrong } from "../resident/parts";
import { correct, explain, remove } from "./ways";
import { t } from "./words";

interface Ends { onClose: () => void; onDone: () => void }

export function Ask({ what, onClose, onDone }: Ends & { what: "correct" | "explain" }) {
  const [field, setField] = useState("name");
  const [to, setTo] = useState("");
  const [why, setWhy] = useState("");
  const [wrong, setWrong] = useState("");
  const send = (event: Event): void => {
    event.preventDefault();
    const sent = what === "correct" ? correct(field, to, why) : explain(why);
    sent.then(onDone, (error: unknown) => setWrong(asProblem(error).words));
  };
  return (
    <Sheet label={t(what)} onClose={onClose}>
      <form onSubmit={send}>
        <h2>{t(what)}</h2>
        <p class="text">{t(what === "correct" ? "correctText" : "explainText")}</p>
        {what === "correct" && <>
          <div class="field"><span>{t("correctWhat")}</span>
            <Pick name="field" value={field} label={t("correctWhat")} options={[["name", t("field_name")], ["phone", t("field_phone")], ["region", t("field_region")]]} onPick={setField} /></div>
          <label class="field"><span>{t("correctTo")}</span><input value={to} required inputMode={field === "name" ? "text" : "numeric"} onInput={(e) => setTo(e.currentTarget.value)} /></label>
        </>}
        <label class="field"><span>{t(what === "correct" ? "correctWhy" : "question")}</span><textarea rows={4} maxLength={1000} required value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
        {wrong && <Wrong text={wrong} />}
        <div class="both"><button type="button" class="btn" onClick={onClose}>{t("cancel")}</button><button class="btn primary">{t("send")}</button></div>
      </form>
    </Sheet>
  );
}

export function Delete({ my, onClose, onDone }: Ends & { my: MyRights }) {
  const [wrong, setWrong] = useState("");
  const send = (): void => { remove().then(onDone, (error: unknown) => setWrong(asProblem(error).words)); };
  return (
    <Sheet label={t("deleteTitle")} onClose={onClose}>
      <h2>{t("deleteTitle")}</h2>
      <ul class="points">
        <li><Icon name="close" /><span>{t("deleteEnds")}</span></li>
        <li><Icon name="hand" /><span>{t("deleteHold", { n: my.hold_days })}</span></li>
        <li><Icon name="clock" /><span>{t("deleteDue", { n: my.working_days })}</span></li>
      </ul>
      <p class="text"><b>{t("deleteKept")}</b></p>
      <ul class="points">
        {my.kept.map((kept) => <li key={say(kept.what)}><Icon name="letter" /><span>{say(kept.what)}<small class="under">{t("keptDays", { law: say(kept.law), n: kept.days })}</small></span></li>)}
      </ul>
      {wrong && <Wrong text={wrong} />}
      <div class="both"><button class="btn" onClick={onClose}>{t("cancel")}</button><button class="btn stop solid" onClick={send}>{t("deleteDo")}</button></div>
    </Sheet>
  );
}
