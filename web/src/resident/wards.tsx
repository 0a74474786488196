// Important changes for a child: asked by a guardian, listed for all of them, stopped by another one. It knows what the server lists.
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../shared/problem";
import { dayAndTime } from "../shared/times";
import type { OwnMandate, WardRequest, WardRequests } from "../api/types";
import { session } from "./context";
import { f, type LaterKey } from "./later.words";
import { Wrong } from "./parts";

const KINDS = ["phone", "region", "name", "restrict", "lift", "delete"] as const;
/** What is asked with something to write, and why. */
const CORRECTIONS: readonly string[] = ["phone", "region", "name"];
const TITLES: Record<string, LaterKey> = { phone: "wardPhone", name: "wardName", region: "wardRegion" };
const titled = (one: WardRequest): string => f(TITLES[one.field ?? ""] ?? "wardDelete", { name: one.name_masked || f("somebody") });

export function Wards({ list }: { list: OwnMandate[] }) {
  const wards = list.filter((one) => one.acts && one.kind === "guardian" && one.state === "active");
  const [requests, setRequests] = useState<WardRequest[]>([]);
  const [wrong, setWrong] = useState("");
  const load = (): Promise<void> => session.ask<WardRequests>("GET", "/wards/requests").then(({ requests: found }) => setRequests(found), () => undefined);
  useEffect(() => { if (wards.length > 0) void load(); }, [wards.length]);
  if (wards.length === 0) return null;
  const stop = (one: WardRequest): void => {
    setWrong("");
    session.ask("POST", `/mandates/${one.mandate}/requests/${one.id}/object`).then(() => void load(), (error: unknown) => setWrong(asProblem(error).words));
  };
  return (
    <section class="card" aria-labelledby="fam-ward"><h2 id="fam-ward">{f("ward")}</h2>
      <p class="line">{f("wardText")}</p>
      {requests.map((one) => (
        <div class="line kin" key={`${one.id}/${one.mandate}`}>
          <div class="grow"><b>{titled(one)}</b><small>{f(one.mine ? "wardMine" : one.by_ward ? "wardOwn" : "wardTheirs")} · {f("wardUntil", { time: dayAndTime(one.hold_until) })}</small></div>
          <div class="ends"><button class="btn small stop" onClick={() => stop(one)}>{f(one.mine ? "wardBack" : "wardObject")}<span class="away"> {titled(one)}</span></button></div>
        </div>
      ))}
      {wrong && <Wrong text={wrong} />}
      <Asking wards={wards} onDone={() => void load()} />
    </section>
  );
}

function Asking({ wards, onDone }: { wards: OwnMandate[]; onDone: () => void }) {
  const [ward, setWard] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("phone");
  const [to, setTo] = useState("");
  const [why, setWhy] = useState("");
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const corrects = CORRECTIONS.includes(kind);
  const ask = (): void => {
    setWrong("");
    const body = corrects ? { field: kind, to, why } : kind === "delete" ? {} : { field: kind };
    session.ask("POST", `/mandates/${ward || (wards[0]?.id ?? "")}/requests`, body).then(() => { setSaid(f("familyDone")); setTo(""); setWhy(""); onDone(); }, (error: unknown) => setWrong(asProblem(error).words));
  };
  return (
    <details class="asks">
      <summary>{f("wardAsk")}</summary>
      <form onSubmit={(e) => { e.preventDefault(); ask(); }}>
        <label class="field"><span>{f("wardWho")}</span><select value={ward || wards[0]?.id} onChange={(e) => setWard(e.currentTarget.value)}>{wards.map((one) => <option key={one.id} value={one.id}>{one.name_masked || f("somebody")}</option>)}</select></label>
        <label class="field"><span>{f("wardWhat")}</span><select value={kind} onChange={(e) => setKind(e.currentTarget.value as typeof kind)}>{KINDS.map((one) => <option key={one} value={one}>{f(`field_ward_${one}`)}</option>)}</select></label>
        {corrects && <label class="field"><span>{f("wardTo")}</span><input name="ward-to" value={to} autocomplete="off" required onInput={(e) => setTo(e.currentTarget.value)} /></label>}
        {corrects && <label class="field"><span>{f("wardWhy")}</span><input name="ward-why" value={why} autocomplete="off" required onInput={(e) => setWhy(e.currentTarget.value)} /></label>}
        {said && <p role="status">{said}</p>}
        {wrong && <Wrong text={wrong} />}
        <button class="btn">{f("wardDo")}</button>
      </form>
    </details>
  );
}
