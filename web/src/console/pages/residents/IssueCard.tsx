// Issues a card or a sheet of 24, and offers to print it at once.
import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { PaperCard, Resident } from "../../../api/types";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useLanguage, useWords } from "../../words/language";
import { PrintCard } from "./PrintCard";
import { words as benefitWords } from "./benefits.words";
import { words } from "./residents.words";

interface Props {
  open: boolean;
  person: Resident;
  onClose: () => void;
  changed: () => void;
}

export function IssueCard({ open, person, onClose, changed }: Props) {
  const { cards: t, cancel } = useWords(words);
  const [kind, setKind] = useState<PaperCard["kind"]>("card");
  const { paper } = useWords(benefitWords);
  const { language } = useLanguage();
  const [says, setSays] = useState<Says>("plain");
  const held = person.benefits.filter((one) => one.state === "held" && one.drawable);
  const [issued, setIssued] = useState<PaperCard | null>(null);
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    setIssued(null);
    setSays("plain");
    onClose();
  };
  const issue = async (): Promise<void> => {
    await run(async () => {
      setIssued(await send(at("/residents/{id}/cards", { id: person.id }), { kind, ...disclosure(says) }));
      changed();
    });
  };
  const footer = (
    <div className="two-ways">
      <Button onClick={close}>{cancel}</Button>
      <Button type="primary" loading={busy} onClick={() => void issue()}>
        {t.ok}
      </Button>
    </div>
  );
  return (
    <Modal
      open={open}
      title={`${t.addTitle} · ${person.name_masked}`}
      onCancel={close}
      destroyOnHidden
      footer={issued ? null : footer}
    >
      {problem && <Failed problem={problem} />}
      {issued ? (
        <>
          <p className="lead">
            <Standing tone="plain">{t.done}</Standing>
          </p>
          <PrintCard card={issued} onDone={close} />
        </>
      ) : (
        <>
          <p className="lead">{t.noneDo}</p>
          <fieldset className="choices">
            <legend>{t.kind}</legend>
            <Radio.Group
              value={kind}
              onChange={(event) => setKind(event.target.value as typeof kind)}
              options={[
                { value: "card", label: t.kinds.card },
                { value: "sheet", label: t.kinds.sheet },
              ]}
            />
          </fieldset>
          <fieldset className="choices">
            <legend>{paper.says}</legend>
            <Radio.Group
              value={says}
              onChange={(event) => setSays(event.target.value as Says)}
              options={[
                { value: "plain", label: paper.plain },
                { value: "age_band", label: paper.age_band },
                ...held.map((one) => ({ value: `benefit/${one.number}`, label: paper.benefit(one.words[language]) })),
              ]}
            />
          </fieldset>
          {says !== "plain" && <p className="quiet">{paper.short}</p>}
        </>
      )}
    </Modal>
  );
}

/** What a paper code may say, as one value of a choice: a flavour, or a benefit by its number. */
type Says = "plain" | "age_band" | `benefit/${number}`;

function disclosure(says: Says): { flavour: "plain" | "age_band" | "benefit"; benefit?: number } {
  return says === "plain" || says === "age_band" ? { flavour: says } : { flavour: "benefit", benefit: Number(says.split("/")[1]) };
}
