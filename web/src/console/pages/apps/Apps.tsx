// Apps of organisations: those that wait for a reviewer first, then by state; and tokens by which an organisation registers one.
// It does not know what an app does with what it is told.
import { Button, Input, Form, Segmented } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import type { ClientVersion } from "../../../api/types";
import { send } from "../../api/client";
import { useRead } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Bench, Card } from "../../parts/card";
import { FormModal, needed } from "../../parts/form-modal";
import { Icon } from "../../parts/icons";
import { Once } from "../../parts/once";
import { Paging, useTrail } from "../../parts/paging";
import { Listing } from "../../parts/Listing";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { factsOf, isOwn } from "./app";
import { AppState } from "./AppState";
import { words } from "./apps.words";
import { Deletions } from "./Deletions";
import "./apps.css";

const SHOWN = ["active", "refused", "ended", ""] as const;

export default function Apps() {
  const t = useWords(words);
  const me = useMe();
  const [state, setState] = useState<string>("active");
  const [inviting, setInviting] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const trail = useTrail(state);
  const waiting = useRead(at("/manage/clients", {}, { state: "proposed" }));
  const list = useRead(at("/manage/clients", {}, { after: trail.after, state }));
  useHeadNote(t.note);
  const waits = waiting.data?.items ?? [];
  const nothing = list.data ? <Empty title={t.none}>{t.noneDo}</Empty> : <Waiting />;
  return (
    <>
      <Bench
        action={
          may(me.role, "invite_client") && (
            <Button type="primary" onClick={() => setInviting(true)}>
              <Icon name="add" small />
              {t.invite.press}
            </Button>
          )
        }
      >
        <div className="field">
          <span>{t.show}</span>
          <Segmented<string> value={state} onChange={setState} options={SHOWN.map((value) => ({ value, label: value ? (t.states[value] ?? value) : t.all }))} />
        </div>
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <div className="stack">
        {waits.length > 0 && (
          <Card title={t.states.proposed ?? ""} className="apps-waiting">
            <Rows rows={waits} nothing={null} />
          </Card>
        )}
        <Deletions />
        {!list.problem && (
          <section className="card">
            <Rows rows={list.data?.items ?? []} nothing={nothing} />
            <Paging trail={trail} next={list.data?.next} />
          </section>
        )}
      </div>
      <FormModal<{ organisation: string; owner: string }>
        open={inviting}
        title={t.invite.title}
        lead={t.invite.lead}
        ok={t.invite.ok}
        cancel={t.cancel}
        onClose={() => setInviting(false)}
        deed={async (fields) => setToken((await send(at("/manage/clients/invitations"), { organisation: fields.organisation.trim(), owner: fields.owner.trim() })).token)}
      >
        <Form.Item name="organisation" label={t.invite.organisation} rules={needed(t.need)}>
          <Input maxLength={24} autoFocus autoCapitalize="characters" spellCheck={false} />
        </Form.Item>
        <Form.Item name="owner" label={t.invite.owner} rules={needed(t.need)}>
          <Input maxLength={80} />
        </Form.Item>
      </FormModal>
      <Once title={t.invite.once} secret={token} onClose={() => setToken(null)}>
        <p className="quiet">{t.invite.how}</p>
      </Once>
    </>
  );
}

function Rows({ rows, nothing }: { rows: ClientVersion[]; nothing: React.ReactNode }) {
  const t = useWords(words);
  const me = useMe();
  const { language } = useLanguage();
  const { moment } = useFormat();
  return (
    <Listing<ClientVersion>
      rowKey={(one) => `${one.id}/${one.version}`}
      rows={rows}
      empty={nothing}
      columns={[
        {
          title: t.head.name,
          key: "name",
          rowScope: "row",
          render: (_, one) => (
            <>
              <a className="go" href={href("apps", one.id, { version: String(one.version) })}>
                {factsOf(one)[language] || one.id}
              </a>
              <small className="under quiet">{t.version(one.version)}</small>
            </>
          ),
        },
        {
          title: t.head.owner,
          key: "owner",
          render: (_, one) => (
            <>
              {one.owner}
              <small className="under quiet">
                <code>{one.organisation}</code>
              </small>
            </>
          ),
        },
        { title: t.head.redirect, key: "redirect", render: (_, one) => <span className="addresses">{hostsOf(one).join(" ") || "—"}</span> },
        { title: t.head.at, dataIndex: "at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
        { title: t.head.state, dataIndex: "state", render: (state: string) => <AppState state={state} /> },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, one) =>
            one.state === "proposed" &&
            may(me.role, "review_client") &&
            !isOwn(one, me) && (
              <a className="button" href={href("apps", one.id, { version: String(one.version) })}>
                {t.review}
                <span className="away">{factsOf(one)[language]}</span>
              </a>
            ),
        },
      ]}
    />
  );
}

/** The hosts that an app returns to, each once. */
function hostsOf(one: ClientVersion): string[] {
  const host = (uri: string): string => {
    try {
      return new URL(uri).host || uri;
    } catch {
      return uri;
    }
  };
  return [...new Set(factsOf(one).redirects.map(host))];
}
