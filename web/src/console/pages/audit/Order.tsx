// An order that delays what a person sees of a search: its fields, how it stands, and how it goes on. Another person agrees to each.
// It does not know whether an order is genuine.
import { Form, Input } from "antd";
import { at } from "../../../api/at";
import type { AuditDelay, AuditSearch } from "../../../api/types";
import { send } from "../../api/client";
import { FormModal, needed } from "../../parts/form-modal";
import { Standing, type Tone } from "../../parts/standing";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { DAY_S, first } from "./AskSearch";
import { words } from "./audit.words";

const TONES: Record<AuditDelay["state"], Tone> = { waiting: "late", agreed: "fine", refused: "gone", over: "gone" };

export function OrderFields() {
  const t = useWords(words).order;
  const need = needed(t.missing);
  return (
    <>
      <Form.Item name="authority" label={t.authority} extra={t.authorityHint} rules={need}>
        <Input autoComplete="off" maxLength={60} />
      </Form.Item>
      <Form.Item name="order_number" label={t.number} rules={need}>
        <Input autoComplete="off" maxLength={60} />
      </Form.Item>
      <Form.Item name="until" label={t.until} extra={t.untilHint} rules={need}>
        <Input type="date" />
      </Form.Item>
    </>
  );
}

interface OrdersProps {
  search: AuditSearch;
  busy: boolean;
  answer: (one: AuditDelay, approve: boolean) => Promise<void>;
}

/** The orders of a search, the oldest first, each with its answer to give. */
export function Orders({ search, busy, answer }: OrdersProps) {
  const t = useWords(words).order;
  const { moment } = useFormat();
  return (
    <>
      {search.orders.map((one) => (
        <div key={one.id} className="order">
          <Standing tone={TONES[one.state]}>{t.states[one.state]}</Standing>{" "}
          <small>
            {one.authority} {one.order_number}
            {/* Refused or unanswered, it hides nothing: what it asked for is no day on which anything shows. */}
            {(one.state === "waiting" || one.state === "agreed") && ` · ${t.shows(moment(one.until_at))}`}
          </small>
          {one.may_answer && !busy && (
            <>
              {" "}
              <button type="button" className="press" onClick={() => void answer(one, true)}>
                {t.agree}
                <span className="away">{one.order_number}</span>
              </button>
              <button type="button" className="press stop" onClick={() => void answer(one, false)}>
                {t.refuse}
                <span className="away">{one.order_number}</span>
              </button>
            </>
          )}
        </div>
      ))}
    </>
  );
}

/** Asks, by a further order, that a search goes on not being shown. */
export function FurtherOrder({ search, onClose, changed }: { search: AuditSearch | null; onClose: () => void; changed: () => void }) {
  const t = useWords(words);
  return (
    <FormModal<{ authority: string; order_number: string; until: string }>
      open={search !== null}
      title={t.order.further}
      lead={t.order.furtherLead}
      ok={t.order.send}
      cancel={t.ask.cancel}
      onClose={onClose}
      deed={async ({ authority, order_number, until }) => {
        if (search) await send(at("/manage/audit-searches/{id}/delay", { id: search.id }), { authority, order_number, until: first(until) + DAY_S });
        changed();
      }}
    >
      <OrderFields />
    </FormModal>
  );
}
