// Registering a mandate: who acts, of which kind, on whose word. It keeps the kind of evidence and a file number.
import { Button, Checkbox, Form, Input, Modal, Select } from "antd";
import { at } from "../../../api/at";
import type { NewMandate, Resident } from "../../../api/types";
import { find, send } from "../../api/client";
import { Problem } from "../../api/problem";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./mandates.words";
import { words as residentWords } from "./residents.words";

interface Wish {
  kind: "guardian" | "helper";
  actor: string;
  evidence: NewMandate["evidence"];
  reference: string;
  scopes: NewMandate["scopes"];
  agreed?: boolean;
  until?: string;
}

const HELPER = ["show_code", "book", "read_notices", "claim_benefit"] as const;
const ID_NUMBER = /\d{17}[\dXx]/;

export function AddMandate({ open, person, onClose, changed }: { open: boolean; person: Resident; onClose: () => void; changed: () => void }) {
  const t = useWords(words);
  const { reason, cancel } = useWords(residentWords);
  const [form] = Form.useForm<Wish>();
  const kind = Form.useWatch("kind", form);
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const register = async (wish: Wish): Promise<void> => {
    const found = await find(at("/residents/find"), { q: wish.actor.trim() });
    const actor = found.items[0];
    if (!actor) throw new Problem(404, { title: t.nobody, detail: t.nobody, detail_zh: t.nobody, code: "not_found" });
    await send(at("/residents/{id}/mandates", { id: person.id }), {
      kind: wish.kind,
      actor: actor.id,
      evidence: wish.evidence,
      reference: wish.reference,
      scopes: wish.kind === "helper" ? wish.scopes : [],
      agreed: wish.agreed ?? false,
      ...(wish.until ? { until_at: Date.parse(`${wish.until}T00:00:00+08:00`) / 1000 } : {}),
    });
  };
  const submit = async (wish: Wish): Promise<void> => {
    if (await run(() => register(wish))) {
      close();
      changed();
    }
  };
  const noId = (_: unknown, value?: string): Promise<void> =>
    value && ID_NUMBER.test(value) ? Promise.reject(new Error(reason.noId)) : Promise.resolve();
  const choices = (names: readonly string[], said: Record<string, string>) => names.map((value) => ({ value, label: said[value] ?? value }));
  return (
    <Modal
      open={open}
      title={`${t.add} · ${person.name_masked}`}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.addLead}</p>
      {problem && <Failed problem={problem} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "guardian", evidence: "counter", scopes: ["show_code"] }}
        onFinish={(wish) => void submit(wish)}
      >
        <Form.Item name="kind" label={t.ofKind}>
          <Select options={choices(["guardian", "helper"], t.kinds)} />
        </Form.Item>
        <Form.Item name="actor" label={t.actor} rules={[{ required: true, whitespace: true, message: t.needActor }]}>
          <Input autoComplete="off" />
        </Form.Item>
        {kind === "helper" && (
          <Form.Item name="scopes" label={t.what} rules={[{ required: true, message: t.what }]}>
            <Checkbox.Group options={choices(HELPER, t.scopes)} />
          </Form.Item>
        )}
        <Form.Item name="evidence" label={t.evidence}>
          <Select options={choices(["counter", "register", "court", "care_worker"], t.evidences)} />
        </Form.Item>
        <Form.Item
          name="reference"
          label={t.reference}
          extra={t.referenceHint}
          rules={[{ required: true, whitespace: true, message: reason.need }, { validator: noId }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="until" label={t.until_at}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="agreed" valuePropName="checked">
          <Checkbox>{t.agreed}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
