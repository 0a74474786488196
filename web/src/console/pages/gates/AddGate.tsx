// The form of a new gate; hands its key to the caller, which shows it once.
import { Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { GateKey } from "../../../api/types";
import { useDeed, useRead } from "../../api/use";
import { Failed } from "../../parts/said";
import { useLanguage, useWords } from "../../words/language";
import { words } from "./gates.words";

interface Props {
  open: boolean;
  onClose: () => void;
  onKey: (made: GateKey & { name: string }) => void;
}
interface Fields {
  name: string;
  site: number;
}

const NAME_CHARS_MAX = 40;

export function AddGate({ open, onClose, onKey }: Props) {
  const t = useWords(words).form;
  const { language } = useLanguage();
  const [form] = Form.useForm<Fields>();
  const [find, setFind] = useState("");
  const places = useRead(open ? at("/places", {}, { find }) : null);
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const add = ({ name, site }: Fields): Promise<boolean> =>
    run(async () => {
      const made = await send(at("/gates"), { name: name.trim(), site });
      close();
      onKey({ ...made, name: name.trim() });
    });
  const fault = problem ?? places.problem;
  const options = (places.data?.items ?? []).map((place) => ({
    value: place.site,
    label: `${place.name[language] || place.name.zh} · ${place.site}`,
  }));
  return (
    <Modal
      open={open}
      title={t.title}
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
      {fault && <Failed problem={fault} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void add(fields)}>
        <Form.Item name="name" label={t.name} rules={[{ required: true, whitespace: true, message: t.need }]}>
          <Input maxLength={NAME_CHARS_MAX} placeholder={t.nameHint} autoFocus />
        </Form.Item>
        <Form.Item name="site" label={t.place} rules={[{ required: true, message: t.need }]}>
          <Select showSearch={{ filterOption: false, onSearch: setFind }} options={options} loading={places.busy} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
