// Putting the code on this device: by an enrolment code, or by name, ID number and a one-time password.
// It keeps nothing that was typed; the key is made by the session.
import { useEffect, useState } from "preact/hooks";
import { Icon, Mark } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { dayAndTime } from "../shared/times";
import type { Inbox } from "../api/types";
import { call } from "../device/api";
import { session, useSession } from "./context";
import { Pick, Wrong } from "./parts";
import { t } from "./words";

/** A code in the link (`#enrol=…`) fills the form; it is taken out of the address at once. */
function codeFromLink(): string {
  const found = /[#&]enrol=([0-9A-Za-z-]+)/.exec(location.hash);
  if (found) history.replaceState(null, "", location.pathname);
  return found?.[1] ?? "";
}

export function Enrol() {
  const snap = useSession();
  const [way, setWay] = useState<"code" | "otp">("code");
  const [code, setCode] = useState(codeFromLink);
  const [name, setName] = useState("");
  const [id, setId] = useState("");
  const [challenge, setChallenge] = useState<string | null>(null);
  const [otp, setOtp] = useState("");
  const [label, setLabel] = useState(t("enrolLabelDefault"));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  const attempt = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setWrong("");
    try { await deed(); } catch (error) { setWrong(asProblem(error).words); }
    setBusy(false);
  };
  const sendOtp = async () => {
    const answer = await call<{ challenge_id: string }>("POST", "/enrolments/otp", { name: name.trim(), id_number: id.trim().toUpperCase() });
    setId("");
    setChallenge(answer.challenge_id);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const called = label.trim() || t("enrolLabelDefault");
    if (way === "code") void attempt(() => session.enrol({ code: code.trim().toUpperCase() }, called));
    else if (challenge) void attempt(() => session.enrol({ challenge_id: challenge, otp: otp.trim() }, called));
    else void attempt(sendOtp);
  };

  return (
    <main class="page" id="main">
      <div class="welcome"><Mark /><h1>{t("enrolTitle")}</h1><p>{t("enrolText")}</p></div>
      <form class="form" onSubmit={submit} autocomplete="off">
        <Pick name="way" value={way} label={t("enrolTitle")} options={[["code", t("wayCode")], ["otp", t("wayOtp")]]} onPick={(v) => { setWay(v as "code" | "otp"); setWrong(""); setChallenge(null); }} />
        {way === "code" && <label class="field"><span>{t("enrolCode")}</span><input class="mono" name="code" required autocapitalize="characters" spellcheck={false} value={code} onInput={(e) => setCode(e.currentTarget.value)} /></label>}
        {way === "otp" && !challenge && <>
          <label class="field"><span>{t("enrolName")}</span><input name="name" required value={name} onInput={(e) => setName(e.currentTarget.value)} /></label>
          <label class="field"><span>{t("enrolId")}</span><input class="mono" name="id" required minLength={18} maxLength={18} spellcheck={false} value={id} onInput={(e) => setId(e.currentTarget.value)} /><small>{t("enrolIdNote")}</small></label>
        </>}
        {way === "otp" && challenge && <>
          <p role="status">{t("enrolOtpSent")}</p>
          <label class="field"><span>{t("enrolOtp")}</span><input class="mono" name="otp" required inputMode="numeric" autocomplete="one-time-code" value={otp} onInput={(e) => setOtp(e.currentTarget.value)} /></label>
          {snap.demo && <DemoInbox onUse={setOtp} />}
        </>}
        {(way === "code" || challenge) && <label class="field"><span>{t("enrolLabel")}</span><input name="label" maxLength={40} value={label} onInput={(e) => setLabel(e.currentTarget.value)} /></label>}
        {wrong && <Wrong text={wrong} />}
        <button class="btn primary wide" disabled={busy}>{busy ? t("enrolBusy") : way === "otp" && !challenge ? t("enrolSend") : t("enrolGo")}</button>
        {challenge && <button type="button" class="btn wide" onClick={() => { setChallenge(null); setOtp(""); }}>{t("enrolBack")}</button>}
        <p class="promise"><Icon name="hand" small />{t("enrolKey")}</p>
      </form>
    </main>
  );
}

function DemoInbox({ onUse }: { onUse: (otp: string) => void }) {
  const [inbox, setInbox] = useState<Inbox | null>(null);
  useEffect(() => {
    const look = () => { call<Inbox>("GET", "/demo").then(setInbox).catch(() => undefined); };
    look();
    const timer = setInterval(look, 2000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="inbox"><span class="demo">{t("enrolInbox")}</span> {t("enrolInboxText")}
      <ul>{(inbox?.messages ?? []).slice(0, 3).map((m) => {
        const otp = /\b\d{6}\b/.exec(m.text)?.[0];
        return <li key={`${m.at}${m.text}`}><span class="grow">{m.text}<br /><small>{m.to} · {dayAndTime(m.at)}</small></span>{otp && <button type="button" class="btn small" onClick={() => onUse(otp)}>{t("fill")}</button>}</li>;
      })}</ul>
      {inbox && inbox.messages.length === 0 && <p>{t("enrolInboxEmpty")}</p>}
    </div>
  );
}
