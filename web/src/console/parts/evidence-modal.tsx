// A window that asks for evidence before a deed that others will feel: what will happen, why, and two equal ways out.
// It does not know the deed.
import { Button, Checkbox, Form, Input, Modal } from "antd";
import type { ReactNode } from "react";
import { useDeed } from "../api/use";
import { Failed } from "./said";

export interface EvidenceWords {
  title: string;
  lead: string;
  ok: string;
  cancel: string;
  /** Asked for only where the server keeps it. */
  evidence?: { label: string; hint: string; need: string; noId: string };
  /** A sentence to tick first, for what can't be undone. */
  sure?: string;
  needSure?: string;
}

interface Props {
  open: boolean;
  words: EvidenceWords;
  stop?: boolean;
  onClose: () => void;
  deed: (reason: string) => Promise<void>;
  children?: ReactNode;
}

const REASON_CHARS_MAX = 200;
const ID_NUMBER = /\d{17}[\dXx]/;

export function EvidenceModal({ open, words, stop = false, onClose, deed, children }: Props) {
  const [form] = Form.useForm<{ reason: string; sure?: boolean }>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const submit = async ({ reason = "" }: { reason?: string }): Promise<void> => {
    if (await run(() => deed(reason.trim()))) close();
  };
  return (
    <Modal
      open={open}
      title={words.title}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{words.cancel}</Button>
          <Button type="primary" danger={stop} loading={busy} onClick={() => form.submit()}>
            {words.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{words.lead}</p>
      {problem && <Failed problem={problem} />}
      {children}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
        {words.evidence && (
          <Form.Item
            name="reason"
            label={words.evidence.label}
            extra={words.evidence.hint}
            rules={[
              { required: true, whitespace: true, message: words.evidence.need },
              {
                validator: (_, value?: string) =>
                  value && ID_NUMBER.test(value) ? Promise.reject(new Error(words.evidence?.noId)) : Promise.resolve(),
              },
            ]}
          >
            <Input.TextArea rows={3} maxLength={REASON_CHARS_MAX} showCount autoFocus />
          </Form.Item>
        )}
        {words.sure && (
          <Form.Item
            name="sure"
            valuePropName="checked"
            rules={[
              { validator: (_, value?: boolean) => (value ? Promise.resolve() : Promise.reject(new Error(words.needSure))) },
            ]}
          >
            <Checkbox>{words.sure}</Checkbox>
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
