// The form for a source that says that somebody died: the first one, or the second one of a death that was reported.
// It does not know which of the two it is; the server does.
import { Button, Form, Input, Modal, Select } from "antd";
import { at } from "../../../api/at";
import type { DeathSource } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./deaths.words";

interface Props {
  /** Whose; "" asks for it, null keeps the window closed. */
  resident: string | null;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  resident: string;
  source: DeathSource;
  evidence: string;
}

export function ReportDeath({ resident, onClose, changed }: Props) {
  const t = useWords(words);
  const [form] = Form.useForm<Fields>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const report = async (fields: Fields): Promise<void> => {
    const id = (resident || fields.resident).trim();
    if (await run(() => send(at("/residents/{id}/death", { id }), { source: fields.source, evidence: fields.evidence.trim() }))) {
      changed();
      close();
    }
  };
  const need = [{ required: true, message: t.need }];
  const sources = Object.entries(t.sources).map(([value, label]) => ({ value, label }));
  return (
    <Modal
      open={resident !== null}
      title={resident ? t.confirm : t.report}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{t.cancel}</Button>
          <Button type="primary" danger loading={busy} onClick={() => form.submit()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.reportLead}</p>
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void report(fields)}>
        {resident === "" && (
          <Form.Item name="resident" label={t.resident} extra={t.residentHint} rules={need}>
            <Input maxLength={30} autoFocus />
          </Form.Item>
        )}
        <Form.Item name="source" label={t.source} rules={need}>
          <Select options={sources} />
        </Form.Item>
        <Form.Item name="evidence" label={t.evidence} extra={t.evidenceHint} rules={need}>
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
