// The form by which a source of import files is proposed: with its public key, or as one that does not sign.
// The server alone says whether a key is one, and which names are taken.
import { Form, Input, Radio } from "antd";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { useWords } from "../../words/language";
import { words } from "./sources.words";

interface Props {
  open: boolean;
  onClose: () => void;
  changed: () => void;
}
interface Fields {
  source: string;
  how: "key" | "unsigned";
  key?: string;
  reason: string;
}
const NAME_CHARS_MAX = 80;
const KEY_CHARS_MAX = 4_096;
const REASON_CHARS_MAX = 200;

export function AddSource({ open, onClose, changed }: Props) {
  const all = useWords(words);
  const t = all.form;
  const propose = async ({ source, how, key, reason }: Fields): Promise<void> => {
    await send(at("/sources"), { source: source.trim(), reason: reason.trim(), ...(how === "key" && key ? { key: key.trim() } : {}) });
    changed();
  };
  return (
    <FormModal<Fields> open={open} title={t.title} lead={t.lead} ok={t.ok} cancel={all.cancel} initial={{ how: "key" }} onClose={onClose} deed={propose}>
      <Inputs />
    </FormModal>
  );
}

function Inputs() {
  const t = useWords(words).form;
  const how = Form.useWatch<Fields["how"]>("how") ?? "key";
  const need = needed(t.need);
  return (
    <>
      <Form.Item name="source" label={t.source} extra={t.sourceHint} rules={need}>
        <Input maxLength={NAME_CHARS_MAX} autoFocus spellCheck={false} />
      </Form.Item>
      <Form.Item name="how" label={t.how}>
        <Radio.Group options={(["key", "unsigned"] as const).map((value) => ({ value, label: t.hows[value] }))} />
      </Form.Item>
      {how === "key" && (
        <Form.Item name="key" label={t.key} extra={t.keyHint} rules={need}>
          <Input.TextArea rows={5} maxLength={KEY_CHARS_MAX} spellCheck={false} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t.reason} extra={t.reasonHint} rules={need}>
        <Input.TextArea rows={2} maxLength={REASON_CHARS_MAX} />
      </Form.Item>
    </>
  );
}
