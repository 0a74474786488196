// The resident's benefits: which, for how long, on whose word; given and ended here.
import { Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { send } from "../../api/client";
import { at } from "../../../api/at";
import type { BenefitRow, Resident } from "../../../api/types";
import { useDeed } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Listing } from "../../parts/Listing";
import { Empty, Failed } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { useLanguage, useWords } from "../../words/language";
import { NUMBERS, words as benefitWords } from "./benefits.words";
import { words } from "./residents.words";

interface Props {
  person: Resident;
  changed: () => void;
}

export function Benefits({ person, changed }: Props) {
  const t = useWords(benefitWords);
  const { reason, cancel } = useWords(words);
  const { language } = useLanguage();
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<BenefitRow | null>(null);
  const active = person.state === "active";
  const end = async (why: string): Promise<void> => {
    if (ending) await send(at("/residents/{id}/benefits/{number}/end", { id: person.id, number: ending.number }), { reason: why });
    changed();
  };
  const add = active && (
    <Button onClick={() => setGiving(true)}>
      <Icon name="card" small />
      {t.add}
    </Button>
  );
  return (
    <Card title={t.title} note={t.note} aside={add}>
      <BenefitRows benefits={person.benefits} active={active} choose={setEnding} />
      <GiveBenefit open={giving} person={person} onClose={() => setGiving(false)} changed={changed} />
      <EvidenceModal
        open={ending !== null}
        stop
        onClose={() => setEnding(null)}
        deed={end}
        words={{ evidence: reason, cancel, title: t.endTitle(ending?.words[language] ?? ""), lead: t.endLead, ok: t.endOk }}
      />
    </Card>
  );
}

function BenefitRows({ benefits, active, choose }: { benefits: BenefitRow[]; active: boolean; choose: (one: BenefitRow) => void }) {
  const t = useWords(benefitWords);
  const { language } = useLanguage();
  return (
    <Listing<BenefitRow>
      rowKey="number"
      rows={benefits}
      scroll={{ x: "max-content" }}
      empty={<Empty title={t.none}>{active && t.noneDo}</Empty>}
      columns={[
        { title: t.what, dataIndex: "number", rowScope: "row", render: (_, row) => row.words[language] },
        { title: t.days, key: "days", render: (_, row) => t.span(row.from, row.until) },
        { title: t.source, dataIndex: "source", render: (source: string) => (source === "import" ? t.imported : source) },
        {
          title: t.state,
          dataIndex: "state",
          render: (state: BenefitRow["state"], row) => (
            <Standing tone={state === "held" ? "plain" : "gone"}>
              {t.states[state]}
              {state === "held" && !row.drawable && ` · ${t.rare}`}
            </Standing>
          ),
        },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, row) =>
            (row.state === "held" || row.state === "coming") && (
              <button type="button" className="press stop" onClick={() => choose(row)}>
                {t.end}
                <span className="away">{row.words[language]}</span>
              </button>
            ),
        },
      ]}
    />
  );
}

interface Wish {
  number: number;
  from?: string;
  until: string;
  source: string;
}

const SOURCE_CHARS_MAX = 200;
const ID_NUMBER = /\d{17}[\dXx]/;

function GiveBenefit({ open, person, onClose, changed }: Props & { open: boolean; onClose: () => void }) {
  const t = useWords(benefitWords);
  const { reason, cancel } = useWords(words);
  const [form] = Form.useForm<Wish>();
  const { busy, problem, run, forget } = useDeed();
  const close = (): void => {
    forget();
    onClose();
  };
  const give = async ({ from, ...wish }: Wish): Promise<void> => {
    const body = from ? { ...wish, from } : wish;
    if (await run(() => send(at("/residents/{id}/benefits", { id: person.id }), body))) {
      close();
      changed();
    }
  };
  const noId = (_: unknown, value?: string): Promise<void> =>
    value && ID_NUMBER.test(value) ? Promise.reject(new Error(reason.noId)) : Promise.resolve();
  return (
    <Modal
      open={open}
      title={`${t.add} · ${person.name_masked}`}
      onCancel={close}
      destroyOnHidden
      afterClose={() => form.resetFields()}
      footer={
        <div className="two-ways">
          <Button onClick={close}>{cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {t.ok}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.addLead}</p>
      {problem && <Failed problem={problem} />}
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ number: 2 }} onFinish={(wish) => void give(wish)}>
        <Form.Item name="number" label={t.number}>
          <Select options={NUMBERS.map((n) => ({ value: n, label: t.names[n] ?? t.other(n) }))} />
        </Form.Item>
        <Form.Item name="from" label={t.from}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="until" label={t.until} rules={[{ required: true, message: t.needDay }]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item
          name="source"
          label={t.source}
          extra={t.sourceHint}
          rules={[{ required: true, whitespace: true, message: reason.need }, { validator: noId }]}
        >
          <Input maxLength={SOURCE_CHARS_MAX} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
