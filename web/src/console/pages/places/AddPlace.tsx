// The form of a new place; the server gives its number and its code.
import { App, Form, Input, Select } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { Scenario, Site } from "../../../api/types";
import { FormModal, needed } from "../../parts/form-modal";
import { RegionSelect } from "../../parts/region-select";
import { useLanguage, useWords } from "../../words/language";
import { words } from "./places.words";

interface Props {
  open: boolean;
  scenarios: Scenario[];
  onClose: () => void;
  onMade: (site: Site) => void;
}
interface Fields {
  zh: string;
  en: string;
  scenario: string;
  region: string;
}

const NAME_CHARS_MAX = 60;

export function AddPlace({ open, scenarios, onClose, onMade }: Props) {
  const t = useWords(words).form;
  const { language } = useLanguage();
  const { message } = App.useApp();
  const add = async ({ zh, en, scenario, region }: Fields): Promise<void> => {
    onMade(await send(at("/places"), { name: { zh: zh.trim(), en: en.trim() }, scenario, region }));
    void message.info(t.done);
  };
  const need = needed(t.need);
  return (
    <FormModal<Fields> open={open} title={t.title} lead={t.lead} ok={t.ok} cancel={t.cancel} onClose={onClose} deed={add}>
      <Form.Item name="zh" label={t.zh} rules={need}>
        <Input maxLength={NAME_CHARS_MAX} placeholder={t.zhHint} autoFocus />
      </Form.Item>
      <Form.Item name="en" label={t.en} rules={need}>
        <Input maxLength={NAME_CHARS_MAX} placeholder={t.enHint} />
      </Form.Item>
      <Form.Item name="scenario" label={t.scenario} rules={need}>
        <Select showSearch={{ optionFilterProp: "label" }} options={scenarios.map((one) => ({ value: one.slug, label: one.name[language] }))} />
      </Form.Item>
      <Form.Item name="region" label={t.region} rules={need}>
        <RegionSelect />
      </Form.Item>
    </FormModal>
  );
}
