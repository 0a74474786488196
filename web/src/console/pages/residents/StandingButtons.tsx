// Suspending, resuming and reporting a death: each asks for evidence, the last also for a look at the certificate.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { Resident } from "../../../api/types";
import { EvidenceModal } from "../../parts/evidence-modal";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

type Change = "suspend" | "resume" | "death";

export function StandingButtons({ person, changed }: { person: Resident; changed: () => void }) {
  const t = useWords(words);
  const [change, setChange] = useState<Change | null>(null);
  if (person.state === "dead") return null;
  const offered: Change[] = person.state === "active" ? ["suspend", "death"] : ["resume", "death"];
  const deed = async (reason: string): Promise<void> => {
    if (change) await send(at(`/residents/{id}/${change}`, { id: person.id }), { reason });
    changed();
  };
  return (
    <>
      {offered.map((name) => (
        <Button key={name} danger={name === "death"} onClick={() => setChange(name)}>
          {t[name].press}
        </Button>
      ))}
      {offered.map((name) => (
        <EvidenceModal
          key={name}
          open={change === name}
          stop={name !== "resume"}
          onClose={() => setChange(null)}
          deed={deed}
          words={{ evidence: t.reason, cancel: t.cancel, ...t[name] }}
        />
      ))}
    </>
  );
}
