// The form of a new gate; hands its key to the caller, which shows it once.
import { Form, Input, Select } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { GateKey } from "../../../api/types";
import { useRead } from "../../api/use";
import { FormModal, needed } from "../../parts/form-modal";
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
  const [find, setFind] = useState("");
  const places = useRead(open ? at("/places", {}, { find }) : null);
  const add = async ({ name, site }: Fields): Promise<void> => {
    const made = await send(at("/gates"), { name: name.trim(), site });
    onKey({ ...made, name: name.trim() });
  };
  const options = (places.data?.items ?? []).map((place) => ({
    value: place.site,
    label: `${place.name[language] || place.name.zh} · ${place.site}`,
  }));
  return (
    <FormModal<Fields> open={open} title={t.title} lead={t.lead} ok={t.ok} cancel={t.cancel} problem={places.problem} onClose={onClose} deed={add}>
      <Form.Item name="name" label={t.name} rules={needed(t.need)}>
        <Input maxLength={NAME_CHARS_MAX} placeholder={t.nameHint} autoFocus />
      </Form.Item>
      <Form.Item name="site" label={t.place} rules={[{ required: true, message: t.need }]}>
        <Select showSearch={{ filterOption: false, onSearch: setFind }} options={options} loading={places.busy} />
      </Form.Item>
    </FormModal>
  );
}
