// Printing a paper code: a sheet as it is, a card with a photo when one is chosen. The photo is sent once and kept nowhere.
import { Button, Modal } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { fileAddress, sendForFile } from "../../api/client";
import type { PaperCard } from "../../../api/types";
import { useDeed } from "../../api/use";
import { Icon } from "../../parts/icons";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { PhotoField } from "./PhotoField";
import { words } from "./residents.words";

/** A PDF in another tab stays readable for this long. */
const FILE_KEPT_MS = 10 * 60_000;

export function PrintCardWindow({ card, onClose }: { card: PaperCard | null; onClose: () => void }) {
  const t = useWords(words).cards;
  return (
    <Modal open={card !== null} title={t.printTitle} onCancel={onClose} footer={null} destroyOnHidden>
      <p className="lead">{card?.kind === "sheet" ? t.kinds.sheet : t.printLead}</p>
      {card && <PrintCard card={card} onDone={onClose} />}
    </Modal>
  );
}

export function PrintCard({ card, onDone }: { card: PaperCard; onDone: () => void }) {
  const t = useWords(words).cards;
  const [photo, setPhoto] = useState<string | null>(null);
  const { busy, problem, run } = useDeed();
  const print = async (): Promise<void> => {
    const done = await run(async () => {
      show(photo === null ? fileAddress(at("/cards/{id}/pdf", { id: card.id })) : await addressOf(card, photo));
    });
    if (done) onDone();
  };
  return (
    <>
      {problem && <Failed problem={problem} />}
      {card.kind === "card" && <PhotoField photo={photo} onPhoto={setPhoto} />}
      <div className="two-ways">
        <Button type="primary" loading={busy} onClick={() => void print()}>
          <Icon name="print" small />
          {card.kind === "card" && photo === null ? t.printBare : t.print}
        </Button>
      </div>
    </>
  );
}

async function addressOf(card: PaperCard, photo: string): Promise<string> {
  const address = URL.createObjectURL(await sendForFile(at("/cards/{id}/pdf", { id: card.id }), { photo }));
  setTimeout(() => URL.revokeObjectURL(address), FILE_KEPT_MS);
  return address;
}

function show(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  link.click();
}
