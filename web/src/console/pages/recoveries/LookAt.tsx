// The second officer's yes or no, and a third one's second look, with what is to be looked at above it.
// It does not know who was drawn; the server says whose turn it is.
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { RecoveryRow } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Terms } from "../../parts/card";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./recoveries.words";

interface Props {
  one: RecoveryRow | null;
  onClose: () => void;
  changed: () => void;
}

export function LookAt({ one, onClose, changed }: Props) {
  const t = useWords(words);
  const { busy, problem, run, forget } = useDeed();
  const [why, setWhy] = useState("");
  const close = (): void => {
    forget();
    setWhy("");
    onClose();
  };
  const say = async (good: boolean): Promise<void> => {
    if (!one) return;
    const said = one.yours
      ? () => send(at("/manage/recoveries/{id}/answer", { id: one.id }), { yes: good })
      : () => send(at("/manage/recoveries/{id}/review", { id: one.id }), { right: good, why: why.trim() });
    if (await run(said)) {
      changed();
      close();
    }
  };
  return (
    <Modal open={one !== null} title={one?.yours ? t.sure : t.review} onCancel={close} footer={null} destroyOnHidden>
      {problem && <Failed problem={problem} />}
      {one && (
        <>
          <p className="lead">{t.sureLead}</p>
          <Terms
            items={[
              [t.head.resident, one.name_masked],
              [t.head.number, <b key="number">{one.number}</b>],
              [t.head.evidence, one.evidence],
              [t.head.officers, `${one.officer} → ${one.approver}`],
            ]}
          />
          {!one.yours && <Input.TextArea aria-label={t.why} placeholder={t.why} rows={2} maxLength={200} value={why} onChange={(e) => setWhy(e.target.value)} />}
          <div className="two-ways">
            <Button danger loading={busy} onClick={() => void say(false)}>
              {one.yours ? t.no : t.wrong}
            </Button>
            <Button type="primary" loading={busy} onClick={() => void say(true)}>
              {one.yours ? t.yes : t.right}
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}
