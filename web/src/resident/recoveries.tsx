// Recoveries that this phone can stop by one touch: of one's own account, and of those in one's care.
// It does not know who asked for one.
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../shared/problem";
import { dayAndTime } from "../shared/times";
import type { StandingRecovery } from "../api/types";
import { call, type Signer } from "../device/api";
import { session } from "./context";
import { f } from "./later.words";
import { Wrong } from "./parts";

/** Signs a request with the key of this device, once it has one. */
export async function signer(): Promise<Signer | undefined> {
  const identity = session.snapshot.identity;
  if (!identity) return undefined;
  const { signWith } = await import("../device/keys");
  return { keyId: identity.deviceId, sign: signWith(identity.key.privateKey), at: () => session.clock.at() };
}

export function Recoveries({ changed }: { changed?: () => void }) {
  const [found, setFound] = useState<StandingRecovery[]>([]);
  const [wrong, setWrong] = useState("");
  // Without a network nothing is shown: there is nothing that could be stopped then.
  const look = async () => { setFound(await call<StandingRecovery[]>("GET", "/recoveries", undefined, await signer()).catch(() => [])); };
  useEffect(() => { void look(); }, []);
  const stop = async (id: string) => {
    setWrong("");
    try { await call("POST", `/recoveries/${id}/stop`, undefined, await signer()); await look(); changed?.(); } catch (error) { setWrong(asProblem(error).words); }
  };
  return (
    <>
      {wrong && <Wrong text={wrong} />}
      {found.map((one) => (
        <section class="card" key={one.id} role="status">
          <div class="line"><div class="grow"><b>{f(one.own ? (one.hold_until ? "recovered" : "recovering") : "recoveringWard")}</b>
            {one.own && one.hold_until && <small>{f("recoveryHold", { time: dayAndTime(one.hold_until) })}</small>}</div></div>
          <div class="line"><button class="btn stop" onClick={() => void stop(one.id)}>{f("recoveryStop")}</button></div>
        </section>
      ))}
    </>
  );
}
