// The form by which a counter files what kin of a dead person ask for. A colleague decides it.
// It does not check kinship.
import { Button, Form, Input, Modal, Select } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
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
  const [form] = Form.useForm<Fields>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const file = async (fields: Fields): Promise<void> => {
    if (await run(() => send(at("/manage/rights/kin"), { ...fields, resident: fields.resident.trim() }))) {
      changed();
      close();
    }
  };
  const need = [{ required: true, whitespace: true, message: all.need }];
  const options = (record: Record<string, string>) => Object.entries(record).map(([value, label]) => ({ value, label }));
  return (
    <Modal
      open={open}
      title={t.title}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{all.cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {all.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.lead}</p>
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void file(fields)}>
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
      </Form>
    </Modal>
  );
}
