// The uses of one person within an approved search, page by page. Each page is itself a use that the person sees.
// It does not know who the person is.
import { Button, Table } from "antd";
import { at } from "../../../api/at";
import type { AuditSearch, Use } from "../../../api/types";
import { useFound } from "../../api/use";
import { Bench } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed, Waiting } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { shortId, useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { named, useTerms } from "../../words/terms";
import { words } from "./audit.words";

export function PersonUses({ search, back }: { search: AuditSearch; back: () => void }) {
  const t = useWords(words);
  const terms = useTerms();
  const { moment } = useFormat();
  const trail = useTrail(search.id);
  const found = useFound(at("/manage/audit-searches/{id}/read", { id: search.id }), trail.after ? { after: trail.after } : {});
  return (
    <>
      <Bench action={<Button onClick={back}>{t.back}</Button>}>
        <b>{t.uses(search.case_number)}</b>
      </Bench>
      {found.problem && <Failed problem={found.problem} again={found.again} />}
      {!found.problem && (
        <section className="card">
          <Table<Use>
            className="stacks"
            rowKey="id"
            size="small"
            dataSource={found.data?.items ?? []}
            pagination={false}
            locale={{ emptyText: found.data ? <Empty title={t.noUses}>{search.purpose}</Empty> : <Waiting /> }}
            columns={stacked<Use>([
              { title: t.useHead.at, dataIndex: "at", rowScope: "row", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
              { title: t.useHead.deed, dataIndex: "deed", render: (deed: string) => <b>{named(terms.deed, deed)}</b> },
              {
                title: t.useHead.actor,
                key: "actor",
                render: (_, row) => (
                  <>
                    {named(terms.actor, row.actor_kind)} <code className="quiet">{row.actor && shortId(row.actor)}</code>
                  </>
                ),
              },
              { title: t.useHead.scenario, dataIndex: "scenario", render: (slug: string | null) => slug ?? "—" },
              { title: t.useHead.outcome, dataIndex: "outcome", render: (outcome: string) => named(terms.outcome, outcome) },
              { title: t.useHead.reason, dataIndex: "reason", render: (reason: string | null) => (reason ? named(terms.reason, reason) : "—") },
            ])}
          />
          <Paging trail={trail} next={found.data?.next} />
        </section>
      )}
    </>
  );
}
