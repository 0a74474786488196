// One request with what was written, and the officer's answer. Opening it is recorded, and its person sees so.
// It does not know what follows from an answer.
import { Button, Form, Input, Modal, Radio } from "antd";
import { at } from "../../../api/at";
import type { QueuedRequest } from "../../../api/types";
import { send, sendForFile } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { Terms } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Failed, Waiting } from "../../parts/said";
import { useMe } from "../../shell/session";
import { useLanguage, useWords } from "../../words/language";
import { words } from "./rights.words";

interface Props {
  one: QueuedRequest | null;
  onClose: () => void;
  changed: () => void;
}
type Decision = "done" | "refuse" | "wait" | "go_on";
interface Fields {
  decision: Decision;
  text: string;
  evidence?: string;
}

const TEXT_MAX = 1_000;
const EVIDENCE_MAX = 200;
const FILE_KEPT_MS = 10 * 60_000;

/** What can be decided about a request as it stands. */
function choices(one: QueuedRequest): Decision[] {
  if (one.kind === "delete") return one.state === "held" ? ["wait", "refuse"] : one.state === "waiting" ? ["go_on", "refuse"] : [];
  return one.state === "waiting" ? ["done", "refuse"] : [];
}

export function OpenRequest({ one, onClose, changed }: Props) {
  const t = useWords(words);
  const me = useMe();
  const opened = useRead(one ? at("/manage/rights/{id}", { id: one.id }) : null);
  const full = opened.data;
  const mayAnswer = full && (me.role === "system" || full.kind === "kin") ? choices(full) : [];
  return (
    <Modal open={one !== null} title={one ? t.kinds[one.kind] : ""} onCancel={onClose} footer={null} destroyOnHidden>
      {opened.problem && <Failed problem={opened.problem} again={opened.again} />}
      {!full && !opened.problem && <Waiting />}
      {full && <Body one={full} />}
      {full && full.kind === "kin" && full.state === "done" && me.role === "system" && <KinCopy one={full} />}
      {full && mayAnswer.length > 0 && (
        <Answer
          one={full}
          choices={mayAnswer}
          onDone={() => {
            changed();
            onClose();
          }}
        />
      )}
    </Modal>
  );
}

function Body({ one }: { one: QueuedRequest }) {
  const t = useWords(words);
  const said = one.body ? (JSON.parse(one.body) as Record<string, string>) : {};
  const items: [string, React.ReactNode][] = [];
  const field = said["field"];
  if (field === "name" || field === "phone" || field === "region") items.push([t.decide, t.field[field]]);
  if (said["to"]) items.push([t.to, <b key="to">{said["to"]}</b>]);
  if (said["question"]) items.push([t.question, said["question"]]);
  if (said["name"]) items.push([t.kinName, said["name"]]);
  const relation = said["relation"];
  if (relation && relation in t.kin.relations) items.push([t.relation, t.kin.relations[relation as keyof typeof t.kin.relations]]);
  const wants = said["wants"];
  if (wants === "copy" || wants === "correct" || wants === "delete") items.push([t.wants, t.kin.want[wants]]);
  if (said["why"]) items.push([t.why, said["why"]]);
  if (said["evidence"]) items.push([t.evidence, said["evidence"]]);
  if (one.answer) items.push([t.answer, one.answer]);
  return items.length > 0 ? <Terms items={items} /> : <p className="quiet">{t.nothing}</p>;
}

function Answer({ one, choices: offered, onDone }: { one: QueuedRequest; choices: Decision[]; onDone: () => void }) {
  const t = useWords(words);
  const [form] = Form.useForm<Fields>();
  const decision = Form.useWatch("decision", form) ?? offered[0];
  const { busy, problem, run } = useDeed();
  const path = one.kind === "kin" ? at("/manage/rights/{id}/answer-kin", { id: one.id }) : at("/manage/rights/{id}/answer", { id: one.id });
  const submit = async (fields: Fields): Promise<void> => {
    const body = { decision: fields.decision, text: fields.text.trim(), evidence: fields.evidence?.trim() ?? "" };
    if (await run(() => send(path, body))) onDone();
  };
  const lead = one.kind === "correct" || one.kind === "explain" || one.kind === "delete" || one.kind === "kin" ? t.leads[one.kind] : "";
  return (
    <>
      <p className="lead">{lead}</p>
      {problem && <Failed problem={problem} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ decision: offered[0] }} onFinish={(fields) => void submit(fields)}>
        <Form.Item name="decision" label={t.decide}>
          <Radio.Group options={offered.map((value) => ({ value, label: t.decisions[value] }))} />
        </Form.Item>
        <Form.Item name="text" label={t.text} extra={t.textHint} rules={[{ required: true, whitespace: true, message: t.need }]}>
          <Input.TextArea rows={4} maxLength={TEXT_MAX} showCount />
        </Form.Item>
        {decision === "done" && (
          <Form.Item name="evidence" label={t.evidenceLabel} extra={t.evidenceHint} rules={[{ required: true, whitespace: true, message: t.need }]}>
            <Input.TextArea rows={2} maxLength={EVIDENCE_MAX} showCount />
          </Form.Item>
        )}
        <div className="two-ways">
          <Button type="primary" danger={decision === "refuse"} loading={busy} onClick={() => form.submit()}>
            {t.ok}
          </Button>
        </div>
      </Form>
    </>
  );
}

function KinCopy({ one }: { one: QueuedRequest }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const { busy, problem, run } = useDeed();
  const print = (): Promise<boolean> =>
    run(async () => {
      const path = at("/manage/rights/{id}/kin-copy", { id: one.id });
      const file = await sendForFile(`${path}?lang=${language}` as typeof path, undefined);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.target = "_blank";
      link.rel = "noopener";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), FILE_KEPT_MS);
    });
  return (
    <>
      {problem && <Failed problem={problem} />}
      <div className="two-ways">
        <Button loading={busy} onClick={() => void print()}>
          <Icon name="print" small />
          {t.print}
        </Button>
      </div>
    </>
  );
}
