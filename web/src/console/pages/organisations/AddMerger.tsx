// The form by which an organisation goes on in another: into which, from which day, whom people can reach, and on whose word.
// The server alone says whether the two may merge.
import { Form, Input } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { OrganisationRow } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { FormModal, needed } from "../../parts/form-modal";
import { useWords } from "../../words/language";
import { words } from "./mergers.words";

interface Props {
  open: boolean;
  merged: OrganisationRow;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  /** Its credit code. */
  successor: string;
  day: string;
  contact: string;
  reference: string;
}

export function AddMerger({ open, merged, onClose, changed }: Props) {
  const t = useWords(words).form;
  const need = needed(t.need);
  const [code, setCode] = useState("");
  // A whole code is looked up, so that its name stands there before anything is proposed.
  const asked = code.length === 18 && code !== merged.credit_code ? at("/organisations", {}, { credit_code: code }) : null;
  const found = useRead(open ? asked : null);
  const successor = asked ? found.data?.items.at(0) : undefined;
  const whose = successor ? successor.name : asked && found.data ? t.nobody : t.successorHint;
  const propose = async (fields: Fields): Promise<void> => {
    // The day begins at midnight in Shanghai.
    const effect_at = Math.floor(Date.parse(`${fields.day}T00:00:00+08:00`) / 1000);
    await send(at("/organisations/{id}/merge", { id: merged.id }), { successor: successor?.id ?? "", contact: fields.contact, reference: fields.reference, effect_at });
    changed();
  };
  const close = (): void => {
    setCode("");
    onClose();
  };
  const lead = (
    <>
      <p className="lead">{t.lead}</p>
      <p>
        <b>{merged.name}</b>
      </p>
    </>
  );
  return (
    <FormModal<Fields> open={open} title={t.title} lead={lead} ok={t.ok} cancel={t.cancel} onClose={close} deed={propose}>
      <Form.Item
        name="successor"
        label={t.successor}
        extra={<span role="status">{whose}</span>}
        validateTrigger="onSubmit"
        rules={[...need, { validator: () => (successor ? Promise.resolve() : Promise.reject(new Error(t.nobody))) }]}
      >
        <Input maxLength={18} autoFocus spellCheck={false} onChange={(event) => setCode(event.target.value.trim().toUpperCase())} />
      </Form.Item>
      <Form.Item name="day" label={t.day} extra={t.dayHint} rules={need}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="contact" label={t.contact} extra={t.contactHint} rules={need}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="reference" label={t.reference} rules={need}>
        <Input maxLength={200} />
      </Form.Item>
    </FormModal>
  );
}
