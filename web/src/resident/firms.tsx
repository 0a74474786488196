// Enterprises for which this person acts: whose code the phone may show, and the way to the page where the rest is done.
// It knows what the server lists, and decides nothing.
import { Icon } from "../shared/icons";
import { isoDate } from "../shared/times";
import type { Enterprises, OwnEnterprise } from "../api/types";
import { f, type LaterKey } from "./later.words";

export function Firms({ firms, onShow }: { firms: Enterprises; onShow: (one: OwnEnterprise) => void }) {
  const { enterprises, offers } = firms;
  const standing = enterprises.filter((one) => one.state !== "ended");
  if (standing.length === 0 && offers === 0) return null;
  return (
    <section class="card" aria-labelledby="fam-firms"><h2 id="fam-firms">{f("firms")}</h2>
      {standing.map((one) => <Firm key={one.id} one={one} onShow={() => onShow(one)} />)}
      {offers > 0 && <p class="line" role="status"><Icon name="letter" /><span class="grow">{f("firmOffers", { n: offers })}</span></p>}
      <a class="line" href="/account/enterprises"><span class="grow">{f("firmPage")}</span></a>
    </section>
  );
}

function Firm({ one, onShow }: { one: OwnEnterprise; onShow: () => void }) {
  return (
    <div class="line kin" data-state={one.state}>
      <div class="grow"><b>{one.name} · {f(one.represents ? "kind_representative" : "kind_agent")}</b>
        <small>{f(`state_firm_${one.state}` as LaterKey)} · {f("until", { date: isoDate(one.until_at) })}</small></div>
      {one.may_show && <div class="ends"><button class="btn small primary" onClick={onShow}>{f("show")}<span class="away"> {one.name}</span></button></div>}
    </div>
  );
}
