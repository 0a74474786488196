// The form by which a counter files what kin of a dead person ask for. A colleague decides it.
// It does not check kinship.
import { Form, Input, Select } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { useWords } from "../../words/language";
import { words } from "./rights.words";

interface Props {
  open: boolean;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  resident: string;
  name: string;
  relation: string;
  wants: string;
  why: string;
  evidence: string;
}

export function FileKin({ open, onClose, changed }: Props) {
  const all = useWords(words);
  const t = all.kin;
  const file = async (fields: Fields): Promise<void> => {
    await send(at("/manage/rights/kin"), { ...fields, resident: fields.resident.trim() });
    changed();
  };
  const need = needed(all.need);
  const options = (record: Record<string, string>) => Object.entries(record).map(([value, label]) => ({ value, label }));
  return (
    <FormModal<Fields> open={open} title={t.title} lead={t.lead} ok={all.ok} cancel={all.cancel} onClose={onClose} deed={file}>
      <Form.Item name="resident" label={t.resident} extra={t.residentHint} rules={need}>
        <Input maxLength={30} autoFocus />
      </Form.Item>
      <Form.Item name="name" label={t.name} rules={need}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="relation" label={t.relation} rules={need}>
        <Select options={options(t.relations)} />
      </Form.Item>
      <Form.Item name="wants" label={t.wants} rules={need}>
        <Select options={options(t.want)} />
      </Form.Item>
      <Form.Item name="why" label={t.why} rules={need}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
      <Form.Item name="evidence" label={t.evidence} rules={need}>
        <Input.TextArea rows={2} maxLength={200} />
      </Form.Item>
    </FormModal>
  );
}
