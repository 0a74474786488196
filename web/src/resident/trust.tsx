// The one person who is told of what helpers do: named by a code, agreed to, taken back. It knows what the server lists.
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../shared/problem";
import { hourMinute } from "../shared/times";
import type { Invitation, Trusted, TrustedList } from "../api/types";
import { session } from "./context";
import { f } from "./later.words";
import { Wrong } from "./parts";

/** `turn` counts what happened beside it that may have changed the list. */
export function Trust({ turn }: { turn: number }) {
  const [list, setList] = useState<Trusted[]>([]);
  const [made, setMade] = useState<Invitation | null>(null);
  const [wrong, setWrong] = useState("");
  const load = (): Promise<void> => session.ask<TrustedList>("GET", "/trusted").then(({ trusted }) => setList(trusted), () => undefined);
  useEffect(() => { void load(); }, [turn]);
  const say = (error: unknown): void => setWrong(asProblem(error).words);
  const act = (one: Trusted, verb: "accept" | "end"): void => {
    setWrong("");
    session.ask("POST", `/trusted/${one.id}/${verb}`, verb === "end" ? {} : undefined).then(() => { setMade(null); void load(); }, say);
  };
  const make = (): void => {
    setWrong("");
    session.ask<Invitation>("POST", "/trusted/invitations").then(setMade, say);
  };
  return (
    <section class="card" aria-labelledby="fam-trust"><h2 id="fam-trust">{f("trust")}</h2>
      <p class="line">{f("trustText")}</p>
      {list.map((one) => <Row key={one.id} one={one} act={(verb) => act(one, verb)} />)}
      {wrong && <Wrong text={wrong} />}
      {made && <p class="line spoken" role="status"><span class="grow"><b>{f("trustCode")}</b><code>{made.code}</code><small>{f("askUntil", { time: hourMinute(made.expires_at) })}</small></span></p>}
      {list.every((one) => one.told) && <div class="line"><button class="btn" onClick={make}>{f("trustDo")}</button></div>}
    </section>
  );
}

function Row({ one, act }: { one: Trusted; act: (verb: "accept" | "end") => void }) {
  const name = one.name_masked || f("somebody");
  return (
    <div class="line kin">
      <div class="grow"><b>{f(one.told ? "trustOf" : "trustBy", { name })}</b>
        {one.pending && <small>{f(one.told ? "trustAsked" : "trustWaits")}</small>}</div>
      <div class="ends">
        {one.told && one.pending && <button class="btn small primary" onClick={() => act("accept")}>{f("agree")}<span class="away"> {name}</span></button>}
        <button class="btn small stop" onClick={() => act("end")}>{f(one.told ? "trustRefuse" : "trustBack")}<span class="away"> {name}</span></button>
      </div>
    </div>
  );
}
