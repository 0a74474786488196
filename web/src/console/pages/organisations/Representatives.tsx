// Legal representatives whom one operator proposed and another one decides, of all enterprises or of one.
// It does not know the register.
import { Table } from "antd";
import type { Representative } from "../../../api/types";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import { useDeed, type Reading } from "../../api/use";
import { ActionsHead } from "../../parts/actions-head";
import { Card } from "../../parts/card";
import { Failed } from "../../parts/said";
import { stacked } from "../../parts/stacked";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./organisation.words";

export function Representatives({ list, of, decided }: { list: Reading<{ representatives: Representative[] }>; of?: string; decided?: () => void }) {
  const t = useWords(words).waiting;
  const me = useMe();
  const { moment } = useFormat();
  const { busy, problem, run } = useDeed();
  const waiting = (list.data?.representatives ?? []).filter((one) => one.state === "proposed" && (of === undefined || one.organisation === of));
  const decide = async (one: Representative, what: "approve" | "refuse"): Promise<void> => {
    await run(() => send(at(`/representatives/{id}/${what}`, { id: one.id })));
    list.again();
    decided?.();
  };
  const fault = problem ?? list.problem;
  if (waiting.length === 0 && !fault) return null;
  return (
    <Card title={t.title} className="named">
      {fault && <Failed problem={fault} again={list.again} />}
      <Table<Representative>
        className="stacks"
        rowKey="id"
        size="small"
        dataSource={waiting}
        pagination={false}
        columns={stacked<Representative>([
          {
            title: t.head.organisation,
            dataIndex: "name",
            rowScope: "row",
            render: (name: string, one) => (
              <a className="go" href={href("organisations", one.organisation)}>
                {name}
              </a>
            ),
          },
          { title: t.head.who, dataIndex: "name_masked", render: (name: string) => <b>{name}</b> },
          { title: t.head.reference, dataIndex: "reference" },
          { title: t.head.at, dataIndex: "created_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          {
            title: <ActionsHead />,
            key: "do",
            align: "right",
            render: (_, one) => {
              if (!may(me.role, "approve_representative")) return null;
              if (!one.may_decide) return <span className="quiet">{t.own}</span>;
              return (["approve", "refuse"] as const).map((what) => (
                <button key={what} type="button" className={what === "refuse" ? "press stop" : "press"} disabled={busy} onClick={() => void decide(one, what)}>
                  {t[what]}
                  <span className="away">{one.name}</span>
                </button>
              ));
            },
          },
        ])}
      />
    </Card>
  );
}
