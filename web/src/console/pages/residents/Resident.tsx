// One resident, masked: how they stand, their devices and paper codes, and the deeds a counter does for them.
import { at } from "../../../api/at";
import type { Resident as Person } from "../../../api/types";
import { useRead } from "../../api/use";
import { Card, Terms } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Failed, Waiting } from "../../parts/said";
import { href, useRoute } from "../../shell/route";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { useTerms } from "../../words/terms";
import { Benefits } from "./Benefits";
import { Cards } from "./Cards";
import { Devices } from "./Devices";
import { Mandates } from "./Mandates";
import { EnrolmentButton } from "./EnrolmentButton";
import { words } from "./residents.words";
import { ResidentStanding } from "./ResidentStanding";
import { SignOutButton } from "./SignOutButton";
import { SheetButton } from "./SheetButton";
import { StandingButtons } from "./StandingButtons";

export default function Resident() {
  const t = useWords(words);
  const id = useRoute().id ?? "";
  const reading = useRead(at("/residents/{id}", { id }));
  const person = reading.data;
  return (
    <div className="stack">
      <a className="press back" href={href("residents")}>
        <Icon name="back" small />
        {t.back}
      </a>
      {reading.problem && <Failed problem={reading.problem} again={reading.again} />}
      {!person && !reading.problem && <Waiting />}
      {person && <Whole person={person} changed={reading.again} />}
    </div>
  );
}

function Whole({ person, changed }: { person: Person; changed: () => void }) {
  const t = useWords(words);
  const terms = useTerms();
  const { language } = useLanguage();
  return (
    <>
      <section className="card who" aria-labelledby="who">
        <div className="who-head">
          <h2 id="who">{person.name_masked}</h2>
          <div className="deeds">
            <EnrolmentButton person={person} />
            <SignOutButton person={person} />
            <SheetButton person={person} />
            <StandingButtons person={person} changed={changed} />
          </div>
        </div>
        <Terms
          items={[
            [t.standing.state, <ResidentStanding key="s" state={person.state} />],
            [t.standing.region, regionName(person.region, language)],
            [t.standing.proofing, terms.proofing[person.proofing] ?? String(person.proofing)],
            [t.standing.id, <code key="i">{person.id}</code>],
          ]}
        />
      </section>
      <Devices person={person} changed={changed} />
      <Mandates person={person} />
      <Benefits person={person} changed={changed} />
      <Cards person={person} changed={changed} />
      <Card title={t.record.title}>
        <p className="quiet">{t.record.do}</p>
      </Card>
    </>
  );
}
