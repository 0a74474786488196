// A window with a form of something new: a lead, the fields that the caller gives, two equal ways out, the refusal above them.
// It does not know the fields, nor what is sent.
import { Button, Form, Modal } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "../api/problem";
import { useDeed } from "../api/use";
import { Failed } from "./said";

interface Props<F> {
  open: boolean;
  title: string;
  lead?: ReactNode;
  ok: string;
  cancel: string;
  initial?: Partial<F>;
  /** Of what the fields choose from. */
  problem?: Problem | null;
  onClose: () => void;
  /** Sends what was filled in; the window closes when it is done. */
  deed: (fields: F) => Promise<unknown>;
  children: ReactNode;
}

export function FormModal<F extends object>({ open, title, lead, ok, cancel, initial, problem: other, onClose, deed, children }: Props<F>) {
  const [form] = Form.useForm<F>();
  const { busy, problem, run, forget } = useDeed();
  const fault = problem ?? other;
  const close = (): void => {
    forget();
    onClose();
  };
  const submit = async (fields: F): Promise<void> => {
    if (await run(() => deed(fields))) close();
  };
  return (
    <Modal
      open={open}
      title={title}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {ok}
          </Button>
        </div>
      }
    >
      {lead && (typeof lead === "string" ? <p className="lead">{lead}</p> : lead)}
      {fault && <Failed problem={fault} />}
      <Form<F> form={form} layout="vertical" requiredMark={false} {...(initial ? { initialValues: initial as object } : {})} onFinish={(fields) => void submit(fields)}>
        {children}
      </Form>
    </Modal>
  );
}

/** Something has to be filled in; `message` says so. */
export function needed(message: string) {
  return [{ required: true, whitespace: true, message }];
}
