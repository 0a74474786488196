// One app: who it is, what for, where it returns to, what a version changes, and the decision of somebody who didn't propose it.
// It does not decide what is necessary.
import { App as Desk, Button, Form, Input, Switch, Table } from "antd";
import { useRef, useState } from "react";
import { at } from "../../../api/at";
import type { ClientVersion } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { Card, Terms } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Empty, Failed, Waiting } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { Standing } from "../../parts/standing";
import { may } from "../../shell/may";
import { href, useRoute } from "../../shell/route";
import { useMe } from "../../shell/session";
import { shortId, useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { beforeOf, factsOf, isOwn, sideBySide, type Row } from "./app";
import { AppState } from "./AppState";
import { words } from "./apps.words";
import "./apps.css";

const NOTE_CHARS_MAX = 400;

export default function OneApp() {
  const t = useWords(words);
  const { id, query } = useRoute();
  const one = useRead(id ? at("/manage/clients/{id}", { id }) : null);
  const versions = one.data?.versions ?? [];
  const chosen = versions.find((version) => String(version.version) === query.get("version")) ?? versions[0];
  return (
    <div className="stack">
      <a className="press back" href={href("apps")}>
        <Icon name="back" small />
        {t.back}
      </a>
      {one.problem && <Failed problem={one.problem} again={one.again} />}
      {!one.data && !one.problem && <Waiting />}
      {one.data && !chosen && <Empty title={t.none}>{t.noneDo}</Empty>}
      {chosen && <Whole key={`${chosen.id}/${chosen.version}/${chosen.state}`} chosen={chosen} versions={versions} changed={one.again} />}
    </div>
  );
}

interface WholeProps {
  chosen: ClientVersion;
  versions: ClientVersion[];
  changed: () => void;
}

function Whole({ chosen, versions, changed }: WholeProps) {
  const t = useWords(words);
  const me = useMe();
  const { language } = useLanguage();
  const [stopping, setStopping] = useState(false);
  const facts = factsOf(chosen);
  return (
    <>
      <section className="card who" aria-labelledby="what">
        <div className="who-head">
          <h2 id="what">{facts[language] || chosen.id}</h2>
          <span className="quiet">
            {chosen.owner} · {t.version(chosen.version)} · <code title={chosen.id}>{shortId(chosen.id)}</code>
          </span>
          <div className="deeds">
            {may(me.role, "end_client") && versions.some((one) => one.state === "active") && (
              <Button danger onClick={() => setStopping(true)}>
                {t.stop.press}
              </Button>
            )}
          </div>
        </div>
        <FactList chosen={chosen} />
      </section>
      {chosen.state === "proposed" && <Judge version={chosen} changed={changed} />}
      <Sides chosen={chosen} before={beforeOf(chosen, versions)} />
      <Versions versions={versions} chosen={chosen} />
      <EvidenceModal
        open={stopping}
        stop
        onClose={() => setStopping(false)}
        deed={async (reason) => {
          await send(at("/manage/clients/{id}/end", { id: chosen.id }), { reason });
          changed();
        }}
        words={{ ...t.stop, cancel: t.cancel }}
      />
    </>
  );
}

function FactList({ chosen }: { chosen: ClientVersion }) {
  const t = useWords(words);
  const who = useWho();
  const { language } = useLanguage();
  const { moment } = useFormat();
  const facts = factsOf(chosen);
  return (
    <>
      <Terms
        items={[
          [t.facts.state, <AppState key="s" state={chosen.state} />],
          [t.members.organisation ?? "", <code key="c">{chosen.organisation}</code>],
          [t.facts.sector, <code key="p">{chosen.sector}</code>],
          [t.facts.purpose, facts.purpose[language] || "—"],
          [t.facts.contact, facts.contacts.length > 0 ? facts.contacts.join("；") : <Standing tone="late">{t.facts.noContact}</Standing>],
          [t.facts.proposed, `${who(chosen.proposed_by)} · ${moment(chosen.at)}`],
          [t.facts.reviewed, chosen.reviewed_at ? `${who(chosen.reviewed_by)} · ${moment(chosen.reviewed_at)}` : who(chosen.reviewed_by)],
          ...(chosen.note ? [[t.facts.note, chosen.note] as const] : []),
        ]}
      />
      <div className="redirects">
        <h3>{t.facts.redirect}</h3>
        {facts.redirects.length === 0 ? (
          <p className="quiet">{t.facts.noRedirect}</p>
        ) : (
          <ul>
            {facts.redirects.map((uri) => (
              <li key={uri}>
                <code>{uri}</code>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Sides({ chosen, before }: { chosen: ClientVersion; before: ClientVersion | undefined }) {
  const t = useWords(words);
  const [only, setOnly] = useState(before !== undefined);
  const rows = sideBySide(before, chosen).filter((row) => !only || row.changed);
  const lines = (of: string[]): React.ReactNode =>
    of.length === 0 ? (
      <span className="quiet">{t.sides.none}</span>
    ) : (
      <ul className="lines">
        {of.map((line, i) => (
          <li key={i}>{line}</li>
        ))}
      </ul>
    );
  return (
    <Card
      title={t.sides.title}
      note={before ? t.sides.against(before.version) : t.sides.fresh}
      className="sides"
      aside={
        before && (
          <label className="row">
            <Switch size="small" checked={only} onChange={setOnly} />
            {t.sides.onlyChanged}
          </label>
        )
      }
    >
      <Table<Row>
        className="stacks"
        rowKey="member"
        size="small"
        dataSource={rows}
        pagination={false}
        locale={{ emptyText: <span className="quiet">{t.sides.none}</span> }}
        columns={stacked<Row>([
          {
            title: t.sides.member,
            dataIndex: "member",
            rowScope: "row",
            render: (member: string, row) => (
              <>
                {t.members[member] ?? <code>{member}</code>}
                {row.changed && (
                  <small className="under">
                    <Standing tone="late">{t.sides.changed}</Standing>
                  </small>
                )}
              </>
            ),
          },
          ...(before ? [{ title: t.sides.before, key: "before", render: (_: unknown, row: Row) => lines(row.before) }] : []),
          { title: t.sides.after, key: "after", render: (_, row) => lines(row.after) },
        ])}
      />
    </Card>
  );
}

function Versions({ versions, chosen }: { versions: ClientVersion[]; chosen: ClientVersion }) {
  const t = useWords(words);
  const { moment } = useFormat();
  return (
    <Card title={t.versions}>
      <Table<ClientVersion>
        className="stacks"
        rowKey="version"
        size="small"
        dataSource={versions}
        pagination={false}
        columns={stacked<ClientVersion>([
          {
            title: t.head.version,
            dataIndex: "version",
            rowScope: "row",
            render: (n: number) => (
              <a className="go" aria-current={n === chosen.version ? "true" : undefined} href={href("apps", chosen.id, { version: String(n) })}>
                {t.version(n)}
              </a>
            ),
          },
          { title: t.head.state, dataIndex: "state", render: (state: string) => <AppState state={state} /> },
          { title: t.head.at, dataIndex: "at", render: (when: number) => moment(when) },
        ])}
      />
    </Card>
  );
}

function Judge({ version, changed }: { version: ClientVersion; changed: () => void }) {
  const t = useWords(words);
  const me = useMe();
  const { message } = Desk.useApp();
  const [form] = Form.useForm<{ note: string }>();
  const { busy, problem, run } = useDeed();
  const approve = useRef(false);
  if (!may(me.role, "review_client") || isOwn(version, me))
    return (
      <Card title={t.judge.title}>
        <p className="quiet">{isOwn(version, me) ? t.judge.own : t.judge.role}</p>
      </Card>
    );
  const decide = async ({ note }: { note: string }): Promise<void> => {
    const body = { version: version.version, approve: approve.current, note: note.trim() };
    if (!(await run(() => send(at("/manage/clients/{id}/review", { id: version.id }), body)))) return;
    void message.info(approve.current ? t.judge.passed : t.judge.sent);
    changed();
  };
  const press = (yes: boolean): void => {
    approve.current = yes;
    form.submit();
  };
  return (
    <Card title={t.judge.title}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void decide(fields)}>
        <p className="lead">{t.judge.lead}</p>
        {problem && <Failed problem={problem} />}
        <Form.Item name="note" label={t.judge.note} rules={needed(t.need)}>
          <Input.TextArea rows={2} maxLength={NOTE_CHARS_MAX} placeholder={t.judge.noteHint} />
        </Form.Item>
        <div className="two-ways judge">
          <Button type="primary" loading={busy} onClick={() => press(true)}>
            {t.judge.approve}
          </Button>
          <Button danger disabled={busy} onClick={() => press(false)}>
            {t.judge.refuse}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

/** Who proposed or reviewed: oneself by name, an organisation by its code, another operator by a short id. */
function useWho(): (id: string | null) => string {
  const t = useWords(words).by;
  const me = useMe();
  return (id) => {
    if (!id) return t.none;
    if (id.startsWith("organisation:")) return t.organisation(id.slice("organisation:".length));
    if (/^system(:|$)/.test(id)) return t.system;
    return id === me.id ? me.name : shortId(id);
  };
}
