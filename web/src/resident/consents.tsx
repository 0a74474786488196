// Consents: a letter that says who asks, what, for what and until when; giving and keeping weigh the same, stopping is one touch.
// It knows attribute names only as words.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { isoDate } from "../shared/times";
import { say } from "../shared/words";
import type { Binding, Consent, Scenario } from "../api/types";
import { session } from "./context";
import { Pick, Wrong } from "./parts";
import { t, table, type WordKey } from "./words";

const attribute = (name: string): string => (`attr_${name}` in table ? t(`attr_${name}` as WordKey) : name);

const BINDING = "binding";

export function Consents() {
  const [list, setList] = useState<Consent[] | null>(null);
  const [asking, setAsking] = useState<Scenario | null>(null);
  const [bound, setBound] = useState<Binding[]>([]);
  const [said, setSaid] = useState("");
  const load = () => {
    const both = Promise.all([session.consents(), session.bindings()]);
    both.then(([consents, bindings]) => { setList(consents); setBound(bindings.filter((b) => b.state === "active")); }).catch((error: unknown) => setSaid(asProblem(error).words));
  };
  useEffect(load, []);
  const stop = (consent: Consent) => {
    session.withdraw(consent.id).then(() => { setSaid(t("consentStopped")); load(); }).catch((error: unknown) => setSaid(asProblem(error).words));
  };
  const unbind = (binding: Binding) => {
    session.unbind(binding.id).then(() => { setSaid(t("boundStopped")); load(); }).catch((error: unknown) => setSaid(asProblem(error).words));
  };
  const agreeToBind = (consent: Consent) => {
    session.consent(consent.scenario, [...consent.attributes, BINDING], consent.until_at).then(() => { setSaid(t("boundAgreed")); load(); }).catch((error: unknown) => setSaid(asProblem(error).words));
  };
  const active = (list ?? []).filter((c) => c.state === "active");
  const mayAsk = session.snapshot.scenarios.filter((s) => s.attributes.length > 0 && !active.some((c) => c.scenario === s.slug));
  return (
    <>
      <p class="head">{t("consentsText")}</p>
      {said && <p class="note" role="status"><Icon name="hand" />{said}</p>}
      <section class="card">
        <h2>{t("sumActive")}</h2>
        {list && active.length === 0 && <p class="line">{t("consentNone")}</p>}
        {active.map((c) => {
          const scenario = session.snapshot.scenarios.find((s) => s.slug === c.scenario);
          return (
            <div class="line" key={c.id}>
              <div class="grow"><b>{scenario ? say(scenario.owner) : c.scenario}</b><small>{t("consentGiven", { what: c.attributes.map(attribute).join("、") })}<br />{t("consentTo", { date: isoDate(c.until_at) })}</small></div>
              <div class="ends">
                {scenario?.pattern === "bind" && !c.attributes.includes(BINDING) && <button class="btn small" onClick={() => agreeToBind(c)}>{t("boundAgree")}</button>}
                <button class="btn small stop" onClick={() => stop(c)}>{t("consentStop")}</button>
              </div>
            </div>
          );
        })}
      </section>
      <BoundCards bound={bound} onEnd={unbind} />
      {mayAsk.length > 0 && <section class="card">
        <h2>{t("consentNew")}</h2>
        {mayAsk.map((s) => (
          <div class="line" key={s.slug}>
            <div class="grow"><b>{say(s.owner)}</b><small>{say(s.purpose)}<br />{s.attributes.map(attribute).join("、")}</small></div>
            <button class="btn small" onClick={() => setAsking(s)}>{t("consentLook")}</button>
          </div>
        ))}
      </section>}
      {asking && <Letter scenario={asking} onClose={() => setAsking(null)} onDone={() => { setAsking(null); load(); }} />}
    </>
  );
}

/** Cards that offices tied to this resident; the tie ends with one touch. */
function BoundCards({ bound, onEnd }: { bound: Binding[]; onEnd: (binding: Binding) => void }) {
  if (bound.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("boundTitle")}</h2>
      {bound.map((b) => {
        const scenario = session.snapshot.scenarios.find((s) => s.slug === b.scenario);
        return (
          <div class="line" key={b.id} data-binding={b.scenario}>
            <div class="grow"><b>{scenario ? say(scenario.owner) : b.scenario}</b><small>{t("boundCard", { card: b.card_masked })}<br />{t("boundSince", { date: isoDate(b.bound_at) })}</small></div>
            <button class="btn small stop" onClick={() => onEnd(b)}>{t("boundEnd")}</button>
          </div>
        );
      })}
    </section>
  );
}

function Letter({ scenario, onClose, onDone }: { scenario: Scenario; onClose: () => void; onDone: () => void }) {
  const [picks, setPicks] = useState<Record<string, string>>({});
  const [days, setDays] = useState("90");
  const [wrong, setWrong] = useState("");
  const given = scenario.attributes.filter((a) => picks[a] === "yes");
  const open = scenario.attributes.filter((a) => !picks[a]).length;
  const agree = () => {
    session.consent(scenario.slug, given, session.clock.at() + Number(days) * 86400).then(onDone).catch((error: unknown) => setWrong(asProblem(error).words));
  };
  return (
    <Sheet label={t("consentAsk", { owner: say(scenario.owner), n: scenario.attributes.length })} onClose={onClose}>
      <div class="letter">
        <div class="rim" aria-hidden="true" />
        <h2>{t("consentAsk", { owner: say(scenario.owner), n: scenario.attributes.length })}</h2>
        <dl class="terms">
          <dt>{t("consentFor")}</dt><dd><b>{say(scenario.purpose)}</b></dd>
          <dt>{t("consentUntil")}</dt><dd><Pick name="days" value={days} label={t("consentUntil")} options={[["30", t("days30")], ["90", t("days90")], ["365", t("days365")]]} onPick={setDays} /></dd>
        </dl>
      </div>
      <p class="text">{t("consentEach")}</p>
      {scenario.attributes.map((a) => (
        <div class="claim" key={a}><b>{attribute(a)}</b>
          <Pick name={`a-${a}`} value={picks[a] ?? ""} label={attribute(a)} options={[["yes", t("give")], ["no", t("keepBack")]]} onPick={(v) => setPicks({ ...picks, [a]: v })} /></div>
      ))}
      {wrong && <Wrong text={wrong} />}
      <div class="both">
        <button class="btn" onClick={onClose}>{t("giveNone")}</button>
        <button class="btn primary" disabled={open > 0 || given.length === 0} onClick={agree}>{open > 0 ? t("giveChoose", { n: open }) : t("giveSome", { n: given.length })}</button>
      </div>
      <p class="text center">{t("consentNo")}</p>
    </Sheet>
  );
}
