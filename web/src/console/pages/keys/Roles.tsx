// Where the four signing roles stand: how many must sign, whether their keys lie here, and until when they have signed.
// It moves no key: that is done by people at a command line.
import { Alert } from "antd";
import type { Signing, SigningRole } from "../../../api/types";
import { Card } from "../../parts/card";
import { Listing } from "../../parts/Listing";
import { Standing } from "../../parts/standing";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named } from "../../words/terms";
import { words } from "./keys.words";

export function Roles({ signing }: { signing: Signing }) {
  const all = useWords(words);
  const t = all.roles;
  const { moment } = useFormat();
  const atHome = signing.roles.some((one) => one.online && (one.role === "root" || one.role === "keys"));
  return (
    <Card title={t.title} note={t.note}>
      {signing.runs_out && <Alert type="error" showIcon title={t.runsOut(moment(signing.announced_until))} />}
      {signing.awaits_reviewers && <Alert type="warning" showIcon title={t.awaits} />}
      {atHome && <Alert type="info" showIcon title={t.home} />}
      <Listing<SigningRole>
        rowKey="role"
        rows={signing.roles}
        columns={[
          { title: t.role, dataIndex: "role", rowScope: "row", render: (role: string) => named(all.purposes, role) },
          { title: t.signs, key: "signs", render: (_: unknown, one: SigningRole) => named(t.what, one.role) },
          { title: t.quorum, key: "quorum", render: (_: unknown, one: SigningRole) => t.of(one.threshold, one.keys) },
          {
            title: t.place,
            key: "place",
            render: (_: unknown, one: SigningRole) => (
              <Standing tone="plain">{one.online ? t.online : t.offline}</Standing>
            ),
          },
          {
            title: t.ends,
            key: "ends",
            render: (_: unknown, one: SigningRole) => (
              <span className="nowrap">{one.ends_at === null ? "—" : moment(one.ends_at)}</span>
            ),
          },
        ]}
      />
    </Card>
  );
}
