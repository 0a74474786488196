// Suspending and resuming, each with evidence; and a death, which two sources report.
// It does not know how a death becomes final.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { Resident } from "../../../api/types";
import { EvidenceModal } from "../../parts/evidence-modal";
import { useWords } from "../../words/language";
import { ReportDeath } from "../deaths/ReportDeath";
import { words } from "./residents.words";

type Change = "suspend" | "resume";

export function StandingButtons({ person, changed }: { person: Resident; changed: () => void }) {
  const t = useWords(words);
  const [change, setChange] = useState<Change | null>(null);
  const [dead, setDead] = useState<string | null>(null);
  if (person.state === "dead") return null;
  const offered: Change = person.state === "active" ? "suspend" : "resume";
  const deed = async (reason: string): Promise<void> => {
    if (change) await send(at(`/residents/{id}/${change}`, { id: person.id }), { reason });
    changed();
  };
  return (
    <>
      <Button onClick={() => setChange(offered)}>{t[offered].press}</Button>
      <Button danger onClick={() => setDead(person.id)}>
        {t.death}
      </Button>
      <EvidenceModal
        open={change === offered}
        stop={offered !== "resume"}
        onClose={() => setChange(null)}
        deed={deed}
        words={{ evidence: t.reason, cancel: t.cancel, ...t[offered] }}
      />
      <ReportDeath resident={dead} onClose={() => setDead(null)} changed={changed} />
    </>
  );
}
