// The office's own card at a scenario that binds one: what is bound to this holder, binding, and ending it. It decides nothing.
import { useEffect, useState } from "preact/hooks";
import type { ResolveAnswer } from "../api/types";
import { Icon } from "../shared/icons";
import { asProblem } from "../shared/problem";
import { Sheet } from "../shared/sheet";
import { gate } from "./context";
import { t } from "./words";

const CARD_MAX = 64;

export function CardSheet({ receipt, onClose }: { receipt: string; onClose: () => void }) {
  const [known, setKnown] = useState<ResolveAnswer | null>(null);
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const look = () => gate.resolve(receipt).then(setKnown);
  const act = (done: Promise<unknown>, then: string) => {
    setWrong("");
    setSaid("");
    done.then(() => { setSaid(then); return look(); }).catch((error: unknown) => setWrong(asProblem(error).words));
  };
  useEffect(() => { look().catch((error: unknown) => setWrong(asProblem(error).words)); }, []);
  const bound = known?.bound_card;
  return (
    <Sheet label={t("cardTitle")} onClose={onClose}>
      <h2>{t("cardTitle")}</h2>
      {said && <p class="text" role="status">{said}</p>}
      {wrong && <p class="wrong" role="alert"><Icon name="hand" /><span>{wrong}</span></p>}
      {!known && !wrong && <p class="text">{t("loading")}</p>}
      {known && <dl class="facts"><dt>{t("cardHolder")}</dt><dd><code>{known.pseudonym?.slice(0, 12)}</code></dd>
        <dt>{t("cardBound")}</dt><dd>{bound ? <b data-card={bound}>{bound}</b> : t("cardNone")}</dd></dl>}
      {known && (bound
        ? <button class="btn wide" onClick={() => act(gate.unbind(bound), t("cardEnded"))}>{t("cardEnd")}</button>
        : <Bind onBind={(card) => act(gate.bind(receipt, card), t("cardDone"))} />)}
      <button class="btn wide" onClick={onClose}>{t("close")}</button>
    </Sheet>
  );
}

function Bind({ onBind }: { onBind: (card: string) => void }) {
  const [card, setCard] = useState("");
  return (
    <form onSubmit={(e) => { e.preventDefault(); if (card.trim()) onBind(card); }}>
      <p class="text">{t("cardAsk")}</p>
      <label class="field"><span>{t("cardNumber")}</span><input name="card" required maxLength={CARD_MAX} spellcheck={false} autocomplete="off" value={card} onInput={(e) => setCard(e.currentTarget.value)} /></label>
      <button class="btn primary wide" disabled={!card.trim()}>{t("cardGo")}</button>
    </form>
  );
}
