// Who acts for this resident, and for whom they act: registered from evidence, heard, ended and suspended at a counter.
// It reads only when asked to: each look is in the resident's record.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { Resident, ResidentMandate } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useWords } from "../../words/language";
import { TrustedPerson } from "./TrustedPerson";
import { AddMandate } from "./AddMandate";
import { words } from "./mandates.words";
import { words as residentWords } from "./residents.words";

type Verb = "heard" | "end" | "suspend";
interface Chosen {
  verb: Verb;
  one: ResidentMandate;
}

const day = (unix_s: number): string => new Date((unix_s + 8 * 3600) * 1000).toISOString().slice(0, 10);

export function Mandates({ person }: { person: Resident }) {
  const t = useWords(words);
  const [looking, setLooking] = useState(false);
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const reading = useRead(looking ? at("/residents/{id}/mandates", { id: person.id }) : null);
  const changed = (): void => {
    setLooking(true);
    reading.again();
  };
  const aside = (
    <div className="deeds">
      {!looking && <Button onClick={() => setLooking(true)}>{t.look}</Button>}
      {person.state === "active" && (
        <Button onClick={() => setAdding(true)}>
          <Icon name="card" small />
          {t.add}
        </Button>
      )}
    </div>
  );
  return (
    <Card title={t.title} note={t.note} aside={aside}>
      {reading.problem && <Failed problem={reading.problem} again={reading.again} />}
      {looking && !reading.data && !reading.problem && <Waiting />}
      {reading.data && <Rows person={person} mandates={reading.data.mandates} choose={setChosen} />}
      {looking && <TrustedPerson person={person} />}
      <AddMandate open={adding} person={person} onClose={() => setAdding(false)} changed={changed} />
      <Verbs chosen={chosen} onClose={() => setChosen(null)} changed={changed} />
    </Card>
  );
}

function Rows({ person, mandates, choose }: { person: Resident; mandates: ResidentMandate[]; choose: (chosen: Chosen) => void }) {
  const t = useWords(words);
  const press = (verb: Verb, word: string, one: ResidentMandate, stop = false) => (
    <button type="button" className={stop ? "press stop" : "press"} onClick={() => choose({ verb, one })}>
      {word}
      <span className="away">{other(one, person).name_masked}</span>
    </button>
  );
  return (
    <Listing<ResidentMandate>
      rowKey="id"
      rows={mandates}
      scroll={{ x: "max-content" }}
      empty={<Empty title={t.none}>{t.noneDo}</Empty>}
      columns={[
        {
          title: t.who,
          key: "who",
          rowScope: "row",
          render: (_, one) => `${other(one, person).name_masked} · ${one.principal.id === person.id ? t.over : t.acts}`,
        },
        { title: t.kind, key: "kind", render: (_, one) => `${t.kinds[one.kind] ?? one.kind}：${one.scopes.map((s) => t.scopes[s] ?? s).join(" · ")}` },
        {
          title: t.state,
          key: "state",
          render: (_, one) => (
            <Standing tone={one.state === "active" ? "plain" : "gone"}>
              {t.states[one.state]}
              {one.state !== "ended" && ` · ${t.until(day(one.until_at))}`}
            </Standing>
          ),
        },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, one) => (
            <div className="deeds">
              {one.state === "pending" && press("heard", t.heard, one)}
              {one.state === "active" && press("suspend", t.suspend, one)}
              {one.state !== "ended" && press("end", t.end, one, true)}
            </div>
          ),
        },
      ]}
    />
  );
}

const other = (one: ResidentMandate, person: Resident): ResidentMandate["actor"] => (one.principal.id === person.id ? one.actor : one.principal);

function Verbs({ chosen, onClose, changed }: { chosen: Chosen | null; onClose: () => void; changed: () => void }) {
  const t = useWords(words);
  const { reason: evidence, cancel } = useWords(residentWords);
  const id = chosen?.one.id ?? "";
  const then = async (deed: Promise<unknown>): Promise<void> => {
    await deed;
    changed();
  };
  return (
    <>
      <EvidenceModal
        open={chosen?.verb === "heard"}
        onClose={onClose}
        deed={() => then(send(at("/mandates/{id}/confirm", { id }), { alone: true }))}
        words={{ cancel, title: t.heardTitle, lead: t.heardLead, ok: t.heard, sure: t.heardSure, needSure: t.needSure }}
      />
      <EvidenceModal
        open={chosen?.verb === "end"}
        stop
        onClose={onClose}
        deed={(reason) => then(send(at("/mandates/{id}/end", { id }), { reason }))}
        words={{ evidence, cancel, title: t.endTitle, lead: t.endLead, ok: t.endOk }}
      />
      <EvidenceModal
        open={chosen?.verb === "suspend"}
        stop
        onClose={onClose}
        deed={(order) => then(send(at("/mandates/{id}/suspend", { id }), { order, hide: true }))}
        words={{ evidence, cancel, title: t.suspendTitle, lead: t.suspendLead, ok: t.suspendOk }}
      />
    </>
  );
}
