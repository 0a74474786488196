// Asks for a search by person: an exact person, a case, a purpose, and at most 90 days.
// It does not know whether the asker must keep out; the server decides.
import { Form, Input, Modal } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./audit.words";

interface Wish {
  person: string;
  case_number: string;
  purpose: string;
  from: string;
  to: string;
}

const DAY_S = 86_400;
const CASE_MAX = 60;
const PURPOSE_MAX = 200;

/** The first second of a day in China. */
const first = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) / 1000;

export function AskSearch({ open, onClose, changed }: { open: boolean; onClose: () => void; changed: () => void }) {
  const t = useWords(words).ask;
  const [form] = Form.useForm<Wish>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    form.resetFields();
    onClose();
  };
  const ask = async (wish: Wish): Promise<void> => {
    const { person, case_number, purpose } = wish;
    const asked = await run(() => send(at("/manage/audit-searches"), { person, case_number, purpose, from: first(wish.from), to: first(wish.to) + DAY_S }));
    if (!asked) return;
    close();
    changed();
  };
  const must = [{ required: true, message: t.missing }];
  return (
    <Modal open={open} title={t.title} okText={t.send} cancelText={t.cancel} confirmLoading={busy} onOk={form.submit} onCancel={close} destroyOnHidden>
      {problem && <Failed problem={problem} />}
      <Form<Wish> form={form} layout="vertical" requiredMark={false} onFinish={(wish) => void ask(wish)}>
        <Form.Item name="person" label={t.person} extra={t.personHint} rules={must}>
          <Input autoComplete="off" spellCheck={false} maxLength={30} />
        </Form.Item>
        <Form.Item name="case_number" label={t.caseNumber} rules={must}>
          <Input autoComplete="off" maxLength={CASE_MAX} />
        </Form.Item>
        <Form.Item name="purpose" label={t.purpose} extra={t.purposeHint} rules={must}>
          <Input.TextArea rows={2} maxLength={PURPOSE_MAX} />
        </Form.Item>
        <Form.Item name="from" label={t.from} rules={must}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="to" label={t.to} extra={t.days} rules={must}>
          <Input type="date" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
