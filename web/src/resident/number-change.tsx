// A change of one's telephone number that waits, and the one touch that stops it. It does not know who asked for it.
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../shared/problem";
import { dayAndTime } from "../shared/times";
import type { StandingNumberChange } from "../api/types";
import { call } from "../device/api";
import { f } from "./later.words";
import { Wrong } from "./parts";
import { signer } from "./recoveries";

export function NumberChange() {
  const [found, setFound] = useState<StandingNumberChange[]>([]);
  const [wrong, setWrong] = useState("");
  // Without a network nothing is shown: there is nothing that could be stopped then.
  const look = async () => { setFound(await call<StandingNumberChange[]>("GET", "/number-changes", undefined, await signer()).catch(() => [])); };
  useEffect(() => { void look(); }, []);
  const stop = async (id: string) => {
    setWrong("");
    try { await call("POST", `/number-changes/${id}/stop`, undefined, await signer()); await look(); } catch (error) { setWrong(asProblem(error).words); }
  };
  return (
    <>
      {wrong && <Wrong text={wrong} />}
      {found.map((one) => (
        <section class="card" key={one.id} role="status">
          <div class="line"><div class="grow"><b>{f("numberChanges", { number: one.number_masked })}</b>
            <small>{f("numberChangesAt", { time: dayAndTime(one.due_at) })}</small></div></div>
          <div class="line"><button class="btn stop" onClick={() => void stop(one.id)}>{f("numberStop")}</button></div>
        </section>
      ))}
    </>
  );
}
