// Asks for a search by person: an exact person, a case, a purpose, and at most 90 days.
// It does not know whether the asker must keep out; the server decides.
import { Checkbox, Form, Input } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { useWords } from "../../words/language";
import { OrderFields } from "./Order";
import { words } from "./audit.words";

interface Wish {
  person: string;
  case_number: string;
  purpose: string;
  from: string;
  to: string;
  authority?: string;
  order_number?: string;
  until?: string;
}

export const DAY_S = 86_400;
const CASE_MAX = 60;
const PURPOSE_MAX = 200;

/** The first second of a day in China. */
export const first = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) / 1000;

export function AskSearch({ open, onClose, changed }: { open: boolean; onClose: () => void; changed: () => void }) {
  const t = useWords(words).ask;
  const [ordered, setOrdered] = useState(false);
  const ask = async ({ person, case_number, purpose, from, to, authority, order_number, until }: Wish): Promise<void> => {
    const order = ordered && authority && order_number && until ? { authority, order_number, until: first(until) + DAY_S } : undefined;
    await send(at("/manage/audit-searches"), { person, case_number, purpose, from: first(from), to: first(to) + DAY_S, ...(order ? { order } : {}) });
    changed();
  };
  const need = needed(t.missing);
  return (
    <FormModal<Wish> open={open} title={t.title} ok={t.send} cancel={t.cancel} onClose={onClose} deed={ask}>
      <Form.Item name="person" label={t.person} extra={t.personHint} rules={need}>
        <Input autoComplete="off" spellCheck={false} maxLength={30} autoFocus />
      </Form.Item>
      <Form.Item name="case_number" label={t.caseNumber} rules={need}>
        <Input autoComplete="off" maxLength={CASE_MAX} />
      </Form.Item>
      <Form.Item name="purpose" label={t.purpose} extra={t.purposeHint} rules={need}>
        <Input.TextArea rows={2} maxLength={PURPOSE_MAX} />
      </Form.Item>
      <Form.Item name="from" label={t.from} rules={need}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="to" label={t.to} extra={t.days} rules={need}>
        <Input type="date" />
      </Form.Item>
      <p>
        <Checkbox checked={ordered} onChange={(event) => setOrdered(event.target.checked)}>
          {t.ordered}
        </Checkbox>
      </p>
      {ordered && <OrderFields />}
    </FormModal>
  );
}
