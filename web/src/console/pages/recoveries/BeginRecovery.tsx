// The form by which a counter asks for a recovery: the resident, the letters on their own phone, and what was shown.
// It does not know who will be drawn.
import { App, Form, Input } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { useWords } from "../../words/language";
import { words } from "./recoveries.words";

interface Props {
  open: boolean;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  resident: string;
  number: string;
  evidence: string;
}

export function BeginRecovery({ open, onClose, changed }: Props) {
  const t = useWords(words);
  const { message } = App.useApp();
  const ask = async (fields: Fields): Promise<void> => {
    const body = { resident: fields.resident.trim(), number: fields.number.trim(), evidence: fields.evidence.trim() };
    const begun = await send(at("/manage/recoveries"), body);
    void message.success(t.drawn(begun.approver));
    changed();
  };
  const need = needed(t.need);
  return (
    <FormModal<Fields> open={open} title={t.begin} lead={t.lead} ok={t.ok} cancel={t.cancel} onClose={onClose} deed={ask}>
      <Form.Item name="resident" label={t.resident} extra={t.residentHint} rules={need}>
        <Input maxLength={30} autoFocus />
      </Form.Item>
      <Form.Item name="number" label={t.number} extra={t.numberHint} rules={need}>
        <Input maxLength={12} autoCapitalize="none" spellCheck={false} autoComplete="off" />
      </Form.Item>
      <Form.Item name="evidence" label={t.evidence} extra={t.evidenceHint} rules={need}>
        <Input.TextArea rows={2} maxLength={200} />
      </Form.Item>
    </FormModal>
  );
}
