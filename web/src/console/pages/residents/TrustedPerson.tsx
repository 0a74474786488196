// Whom this resident trusts to be told of what helpers do: named by the resident's own word, and ended at one.
import { Button, Checkbox, Form, Input, Modal } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { Resident, Trusted } from "../../../api/types";
import { find, send } from "../../api/client";
import { Problem } from "../../api/problem";
import { useDeed, useRead } from "../../api/use";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./mandates.words";
import { words as residentWords } from "./residents.words";

export function TrustedPerson({ person }: { person: Resident }) {
  const { trust: t } = useWords(words);
  const { reason: evidence, cancel } = useWords(residentWords);
  const [ending, setEnding] = useState<Trusted | null>(null);
  const [naming, setNaming] = useState(false);
  const reading = useRead(at("/residents/{id}/trusted", { id: person.id }));
  const rows = reading.data?.trusted ?? [];
  const end = async (reason: string): Promise<void> => {
    await send(at("/trusted/{id}/end", { id: ending?.id ?? "" }), { reason });
    reading.again();
  };
  return (
    <div className="stack">
      <p className="quiet">{t.lead}</p>
      {reading.problem && <Failed problem={reading.problem} again={reading.again} />}
      {rows.map((one) => (
        <p key={one.id}>
          {one.told ? t.of(one.name_masked) : t.by(one.name_masked)}
          {one.pending && ` · ${t.waits}`}{" "}
          <button type="button" className="press stop" onClick={() => setEnding(one)}>
            {t.end}
            <span className="away">{one.name_masked}</span>
          </button>
        </p>
      ))}
      {reading.data && rows.every((one) => one.told) && person.state === "active" && (
        <div className="deeds">
          <Button onClick={() => setNaming(true)}>{t.add}</Button>
        </div>
      )}
      <Naming open={naming} person={person} onClose={() => setNaming(false)} changed={reading.again} />
      <EvidenceModal
        open={ending !== null}
        stop
        onClose={() => setEnding(null)}
        deed={end}
        words={{ evidence, cancel, title: t.endTitle, lead: t.endLead, ok: t.end }}
      />
    </div>
  );
}

function Naming({ open, person, onClose, changed }: { open: boolean; person: Resident; onClose: () => void; changed: () => void }) {
  const all = useWords(words);
  const { cancel } = useWords(residentWords);
  const [form] = Form.useForm<{ who: string; alone?: boolean }>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const name = async ({ who, alone }: { who: string; alone?: boolean }): Promise<void> => {
    const found = (await find(at("/residents/find"), { q: who.trim() })).items[0];
    if (!found) throw new Problem(404, { title: all.nobody, detail: all.nobody, detail_zh: all.nobody, code: "not_found" });
    await send(at("/residents/{id}/trusted", { id: person.id }), { person: found.id, alone: alone ?? false });
  };
  const submit = async (wish: { who: string; alone?: boolean }): Promise<void> => {
    if (await run(() => name(wish))) {
      close();
      changed();
    }
  };
  return (
    <Modal
      open={open}
      title={`${all.trust.add} · ${person.name_masked}`}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {all.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{all.trust.addLead}</p>
      {problem && <Failed problem={problem} />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(wish) => void submit(wish)}>
        <Form.Item name="who" label={all.trust.who} rules={[{ required: true, whitespace: true, message: all.needActor }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="alone" valuePropName="checked">
          <Checkbox>{all.agreed}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
