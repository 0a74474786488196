// Signing in with a name, a password and a second factor; a refusal is calm and never says which of the three was wrong.
// It does not know what the operator may do afterwards.
import { Button, Form, Input } from "antd";
import { useEffect, useRef } from "react";
import { at } from "../../api/at";
import { send } from "../api/client";
import { useDeed, useRead } from "../api/use";
import { Mark } from "../parts/icons";
import { Failed } from "../parts/said";
import { Shape } from "../parts/standing";
import { useWords } from "../words/language";
import { useDesk } from "./session";
import { words as shellWords } from "./shell.words";
import { words } from "./sign-in.words";
import { Tools } from "./Tools";

interface Fields {
  name: string;
  password: string;
  totp: string;
}

export function SignIn({ ended }: { ended: boolean }) {
  const t = useWords(words);
  const shell = useWords(shellWords);
  const demo = useRead(at("/scenarios")).data?.demo ?? false;
  useEffect(() => {
    document.title = `${t.title} · ${shell.product}`;
  }, [t, shell]);
  return (
    <div className="sign-in">
      <header>
        <span className="brand">
          <Mark />
          {shell.product}
          <small>{shell.desk}</small>
          {demo && <span className="demo">{shell.demo}</span>}
        </span>
        <Tools />
      </header>
      <main>
        <div className="motto">
          <p className="song">
            {t.motto.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </p>
          <p>{t.mottoNote}</p>
        </div>
        <section className="card" aria-labelledby="sign-in-title">
          <h1 id="sign-in-title">{t.title}</h1>
          <p className="lead">{ended ? t.ended : t.lead}</p>
          <SignInForm />
          {demo && <p className="demo-hint">{t.demo}</p>}
        </section>
      </main>
    </div>
  );
}

function SignInForm() {
  const t = useWords(words);
  const { enter } = useDesk();
  const [form] = Form.useForm<Fields>();
  const { busy, problem, run } = useDeed();
  const refusal = useRef<HTMLDivElement>(null);
  const submit = async (fields: Fields): Promise<void> => {
    const done = await run(async () => {
      enter(await send(at("/operators/sign-in"), { ...fields, name: fields.name.trim(), totp: fields.totp.replace(/\s/g, "") }));
    });
    if (!done) {
      form.setFieldValue("totp", "");
      refusal.current?.focus();
    }
  };
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} size="large" onFinish={(fields) => void submit(fields)}>
      <div ref={refusal} tabIndex={-1} className="refusal">
        {problem && <Refusal status={problem.status} />}
        {problem && !calm(problem.status) && <Failed problem={problem} />}
      </div>
      <Form.Item name="name" label={t.name} rules={[{ required: true, message: t.needName }]}>
        <Input autoComplete="username" autoFocus spellCheck={false} />
      </Form.Item>
      <Form.Item name="password" label={t.password} rules={[{ required: true, message: t.needPassword }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="totp"
        label={t.totp}
        extra={t.totpHint}
        rules={[{ required: true, pattern: /^\s*\d{3}\s?\d{3}\s*$/, message: t.needTotp }]}
      >
        <Input className="digits" inputMode="numeric" autoComplete="one-time-code" maxLength={7} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={busy}>
        {t.enter}
      </Button>
    </Form>
  );
}

/** Which refusals are the operator's own to mend, and so are said in the page's own words. */
function calm(status: number): boolean {
  return status === 400 || status === 401 || status === 403 || status === 422 || status === 429;
}

function Refusal({ status }: { status: number }) {
  const t = useWords(words);
  if (!calm(status)) return null;
  const said = status === 429 ? t.locked : t.refused;
  return (
    <div className="said late" role="alert">
      <Shape tone="late" />
      <div>
        <b>{said.title}</b>
        <p>{said.do}</p>
      </div>
    </div>
  );
}
