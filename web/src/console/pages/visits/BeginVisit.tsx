// The form by which an officer begins a visit: how they saw who it is, where, and what is to be done; then the letters for the kiosk.
// It does not keep the ID number.
import { Button, Checkbox, Form, Input, InputNumber, Modal, Radio } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { VisitBegun, VisitDeed } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Once } from "../../parts/once";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./visits.words";

interface Props {
  open: boolean;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  how: "card" | "code";
  proof: string;
  face: boolean;
  site: number;
  kiosk: string;
  deeds: VisitDeed[];
}

export function BeginVisit({ open, onClose, changed }: Props) {
  const t = useWords(words);
  const [form] = Form.useForm<Fields>();
  const how = Form.useWatch("how", form) ?? "card";
  const [begun, setBegun] = useState<VisitBegun | null>(null);
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const begin = async (fields: Fields): Promise<void> => {
    const proof = fields.proof.trim();
    const body = {
      ...(fields.how === "card" ? { id_number: proof } : { receipt: proof }),
      face: fields.face,
      site: fields.site,
      kiosk: fields.kiosk.trim(),
      deeds: fields.deeds,
    };
    if (await run(() => send(at("/manage/visits"), body).then((one) => setBegun(one)))) {
      changed();
      close();
    }
  };
  const need = [{ required: true, message: t.need }];
  const listed = Object.entries(t.words) as [VisitDeed, string][];
  return (
    <>
      <Modal
        open={open}
        title={t.begin}
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
        <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ how: "card", deeds: ["see_record"] }} onFinish={(fields) => void begin(fields)}>
          <Form.Item name="how" label={t.how}>
            <Radio.Group
              options={[
                { value: "card", label: t.card },
                { value: "code", label: t.code },
              ]}
            />
          </Form.Item>
          <Form.Item name="proof" label={how === "card" ? t.idNumber : t.receipt} extra={how === "card" ? t.idHint : t.receiptHint} rules={need}>
            <Input maxLength={40} autoComplete="off" spellCheck={false} autoFocus />
          </Form.Item>
          <Form.Item name="face" valuePropName="checked" rules={[{ validator: (_, value?: boolean) => (value ? Promise.resolve() : Promise.reject(new Error(t.needFace))) }]}>
            <Checkbox>{t.face}</Checkbox>
          </Form.Item>
          <Form.Item name="site" label={t.site} rules={need}>
            <InputNumber min={1} precision={0} />
          </Form.Item>
          <Form.Item name="kiosk" label={t.kiosk} extra={t.kioskHint} rules={need}>
            <Input maxLength={20} autoComplete="off" />
          </Form.Item>
          <Form.Item name="deeds" label={t.deeds} rules={need}>
            <Checkbox.Group options={listed.map(([value, label]) => ({ value, label }))} />
          </Form.Item>
        </Form>
      </Modal>
      <Once title={t.codeTitle} secret={begun?.code ?? null} onClose={() => setBegun(null)}>
        {begun && <p className="lead">{t.codeLead(begun.name_masked)}</p>}
      </Once>
    </>
  );
}
