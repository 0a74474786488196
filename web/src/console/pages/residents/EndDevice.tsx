// Asks why a device ends, and ends it.
// It does not know where the device was listed.
import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { EndReason } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

const REASONS: readonly EndReason[] = ["lost", "stolen", "replaced", "unused"];

interface Props {
  device: { id: string; label?: string } | null;
  onClose: () => void;
  changed: () => void;
}

export function EndDevice({ device, onClose, changed }: Props) {
  const { devices: t, cancel } = useWords(words);
  const [reason, setReason] = useState<EndReason>("lost");
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const end = async (): Promise<void> => {
    if (device && (await run(() => send(at("/devices/{id}/end", { id: device.id }), { reason })))) {
      close();
      changed();
    }
  };
  return (
    <Modal
      open={device !== null}
      title={`${t.endTitle}${device?.label ? ` · ${device.label}` : ""}`}
      onCancel={close}
      destroyOnHidden
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" danger loading={busy} onClick={() => void end()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.endLead}</p>
      {problem && <Failed problem={problem} />}
      <fieldset className="choices">
        <legend>{t.why}</legend>
        <Radio.Group
          value={reason}
          onChange={(event) => setReason(event.target.value as typeof reason)}
          options={REASONS.map((value) => ({ value, label: t[value] }))}
        />
      </fieldset>
    </Modal>
  );
}
