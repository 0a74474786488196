// The form of a new organisation, under the level that is open.
// The server alone says whether a credit code is right.
import { Button, Form, Input, Modal, Radio } from "antd";
import { at } from "../../../api/at";
import type { OrganisationRow } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { RegionSelect } from "../../parts/region-select";
import { useWords } from "../../words/language";
import { words } from "./organisations.words";

interface Props {
  open: boolean;
  parent: OrganisationRow | undefined;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  kind: "enterprise" | "department";
  name: string;
  credit_code?: string;
  region?: string;
  source: string;
}

export function AddOrganisation({ open, parent, onClose, changed }: Props) {
  const all = useWords(words);
  const t = all.form;
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("kind", form) ?? "department";
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const add = async (fields: Fields): Promise<void> => {
    const body = {
      kind: fields.kind,
      name: fields.name,
      source: fields.source,
      region: fields.region ?? parent?.region ?? "",
      credit_code: fields.kind === "enterprise" ? (fields.credit_code ?? null) : null,
      parent: parent?.id ?? null,
    };
    if (await run(() => send(at("/organisations"), body))) {
      changed();
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
      {parent && (
        <p className="lead">
          <b>{parent.name}</b>
        </p>
      )}
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ kind: "department" }} onFinish={(fields) => void add(fields)}>
        <Form.Item name="kind" label={t.kind}>
          <Radio.Group options={(["department", "enterprise"] as const).map((value) => ({ value, label: all.kinds[value] }))} />
        </Form.Item>
        <Form.Item name="name" label={t.name} rules={need}>
          <Input maxLength={120} autoFocus />
        </Form.Item>
        {kind === "enterprise" && (
          <Form.Item name="credit_code" label={t.code} rules={need}>
            <Input maxLength={24} />
          </Form.Item>
        )}
        <Form.Item name="region" label={t.region} rules={kind === "department" && !parent ? need : []}>
          <RegionSelect id="org-region" anywhere="—" />
        </Form.Item>
        <Form.Item name="source" label={t.source} extra={t.sourceHint} rules={need}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
