// Issues a card (with a photo, if there is one) or a sheet of 24, and offers the PDF at once.
// The photo is read in the browser, sent once, and not kept here.
import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { fileAddress, send } from "../../api/client";
import type { PaperCard, Resident } from "../../api/shapes";
import { useDeed } from "../../api/use";
import { Icon } from "../../parts/icons";
import { Failed } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useWords } from "../../words/language";
import { PhotoField } from "./PhotoField";
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
  const [photo, setPhoto] = useState<string | null>(null);
  const [issued, setIssued] = useState<PaperCard | null>(null);
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    setPhoto(null);
    setIssued(null);
    onClose();
  };
  const issue = async (): Promise<void> => {
    const body = kind === "card" && photo ? { kind, photo } : { kind };
    await run(async () => {
      setIssued(await send<PaperCard>(`/residents/${person.id}/cards`, body));
      changed();
    });
  };
  return (
    <Modal
      open={open}
      title={`${t.addTitle} · ${person.name_masked}`}
      onCancel={close}
      destroyOnHidden
      footer={
        issued ? (
          <Button type="primary" href={fileAddress(`/cards/${issued.id}/pdf`)} target="_blank" rel="noopener" onClick={close}>
            <Icon name="print" small />
            {t.print}
          </Button>
        ) : (
          <div className="two-ways">
            <Button onClick={close}>{cancel}</Button>
            <Button type="primary" loading={busy} onClick={() => void issue()}>
              {t.ok}
            </Button>
          </div>
        )
      }
    >
      {problem && <Failed problem={problem} />}
      {issued ? (
        <p className="lead">
          <Standing tone="plain">{t.done}</Standing>
        </p>
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
          {kind === "card" && <PhotoField photo={photo} onPhoto={setPhoto} />}
        </>
      )}
    </Modal>
  );
}
