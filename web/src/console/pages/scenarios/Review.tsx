// The decision on a proposed version: a note, and two equal buttons. Its proposer is told to ask somebody else.
import { App, Button, Form, Input } from "antd";
import { useRef } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { ManifestVersion } from "../../../api/types";
import { useDeed } from "../../api/use";
import { Card } from "../../parts/card";
import { Failed } from "../../parts/said";
import { may } from "../../shell/may";
import { useMe } from "../../shell/session";
import { useWords } from "../../words/language";
import { words } from "./scenarios.words";
import { isOwn } from "./who";

const NOTE_CHARS_MAX = 200;

export function Review({ version, changed }: { version: ManifestVersion; changed: () => void }) {
  const t = useWords(words).review;
  const me = useMe();
  if (!may(me.role, "review_scenario"))
    return (
      <Card title={t.title}>
        <p className="quiet">{t.role}</p>
      </Card>
    );
  if (isOwn(version, me))
    return (
      <Card title={t.title}>
        <p className="quiet">{t.own}</p>
      </Card>
    );
  return (
    <Card title={t.title}>
      <Decision version={version} changed={changed} />
    </Card>
  );
}

function Decision({ version, changed }: { version: ManifestVersion; changed: () => void }) {
  const t = useWords(words).review;
  const { message } = App.useApp();
  const [form] = Form.useForm<{ note: string }>();
  const { busy, problem, run } = useDeed();
  const approve = useRef(false);
  const decide = async ({ note }: { note: string }): Promise<void> => {
    const done = await run(() =>
      send(at("/manage/scenarios/{slug}/review", { slug: version.slug }), { version: version.version, approve: approve.current, note: note.trim() }),
    );
    if (done) {
      void message.info(approve.current ? t.passed : t.sent);
      changed();
    }
  };
  const press = (yes: boolean): void => {
    approve.current = yes;
    form.submit();
  };
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void decide(fields)}>
      <p className="lead">{t.lead}</p>
      {problem && <Failed problem={problem} />}
      <Form.Item name="note" label={t.note} rules={[{ required: true, whitespace: true, message: t.need }]}>
        <Input.TextArea rows={2} maxLength={NOTE_CHARS_MAX} placeholder={t.noteHint} />
      </Form.Item>
      <div className="two-ways start">
        <Button type="primary" loading={busy} onClick={() => press(true)}>
          {t.approve}
        </Button>
        <Button danger disabled={busy} onClick={() => press(false)}>
          {t.refuse}
        </Button>
      </div>
    </Form>
  );
}
