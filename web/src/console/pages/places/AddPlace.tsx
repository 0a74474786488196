// The form of a new place; the server gives its number and its code.
import { App, Button, Form, Input, Modal, Select } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { Scenario, Site } from "../../../api/types";
import { useDeed } from "../../api/use";
import { RegionSelect } from "../../parts/region-select";
import { Failed } from "../../parts/said";
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
  const [form] = Form.useForm<Fields>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const add = async ({ zh, en, scenario, region }: Fields): Promise<void> => {
    const name = { zh: zh.trim(), en: en.trim() };
    const done = await run(async () => onMade(await send(at("/places"), { name, scenario, region })));
    if (done) {
      void message.info(t.done);
      close();
    }
  };
  const need = [{ required: true, whitespace: true, message: t.need }];
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
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void add(fields)}>
        <Form.Item name="zh" label={t.zh} rules={need}>
          <Input maxLength={NAME_CHARS_MAX} placeholder={t.zhHint} autoFocus />
        </Form.Item>
        <Form.Item name="en" label={t.en} rules={need}>
          <Input maxLength={NAME_CHARS_MAX} placeholder={t.enHint} />
        </Form.Item>
        <Form.Item name="scenario" label={t.scenario} rules={need}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={scenarios.map((one) => ({ value: one.slug, label: one.name[language] }))}
          />
        </Form.Item>
        <Form.Item name="region" label={t.region} rules={need}>
          <RegionSelect />
        </Form.Item>
      </Form>
    </Modal>
  );
}
