// The form by which a counter asks for a recovery: the resident, the letters on their own phone, and what was shown.
// It does not know who will be drawn.
import { App, Button, Form, Input, Modal } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
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
  const [form] = Form.useForm<Fields>();
  const { message } = App.useApp();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const ask = async (fields: Fields): Promise<void> => {
    const body = { resident: fields.resident.trim(), number: fields.number.trim(), evidence: fields.evidence.trim() };
    const begun = run(() => send(at("/manage/recoveries"), body).then((one) => void message.success(t.drawn(one.approver))));
    if (await begun) {
      changed();
      close();
    }
  };
  const need = [{ required: true, whitespace: true, message: t.need }];
  return (
    <Modal
      open={open}
      title={t.begin}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{t.cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.lead}</p>
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void ask(fields)}>
        <Form.Item name="resident" label={t.resident} extra={t.residentHint} rules={need}>
          <Input maxLength={30} autoFocus />
        </Form.Item>
        <Form.Item name="number" label={t.number} extra={t.numberHint} rules={need}>
          <Input maxLength={12} autoCapitalize="none" spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item name="evidence" label={t.evidence} extra={t.evidenceHint} rules={need}>
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
