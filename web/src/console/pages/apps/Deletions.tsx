// What apps were told to delete and have not answered: those whose fifteen working days are over come first.
// It does not know whose data it is; the server does not say.
import { at } from "../../../api/at";
import type { AppDeletion } from "../../../api/types";
import { useRead } from "../../api/use";
import { Card } from "../../parts/card";
import { Paging, useTrail } from "../../parts/paging";
import { Listing } from "../../parts/Listing";
import { Failed } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { href } from "../../shell/route";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./apps.words";

export function Deletions() {
  const t = useWords(words).deletions;
  const { date, moment } = useFormat();
  const trail = useTrail("");
  const list = useRead(at("/manage/clients/deletions", {}, { after: trail.after }));
  const rows = list.data?.items ?? [];
  if (!list.problem && rows.length === 0 && trail.page === 1) return null;
  return (
    <Card title={t.title} note={t.note} className="deletions">
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      <Listing<AppDeletion>
        rowKey="reference"
        rows={rows}
        empty={null}
        columns={[
          {
            title: t.owner,
            key: "owner",
            rowScope: "row",
            render: (_, one) => (
              <>
                <a className="go" href={href("apps", one.client)}>
                  {one.owner || one.client}
                </a>
                <small className="under quiet">
                  <code>{one.reference}</code>
                </small>
              </>
            ),
          },
          { title: t.asked, dataIndex: "asked_at", render: (when: number) => <span className="nowrap">{moment(when)}</span> },
          { title: t.told, dataIndex: "told_at", render: (when: number | null) => (when === null ? t.notTold : <span className="nowrap">{moment(when)}</span>) },
          // The moment named is the end of the last working day, which is the first of the next one.
          { title: t.due, dataIndex: "due_at", render: (when: number) => <span className="nowrap">{date(when - 1)}</span> },
          { title: t.state, key: "state", render: (_, one) => <Standing tone={one.overdue ? "stop" : "late"}>{one.overdue ? t.overdue : t.waiting}</Standing> },
        ]}
      />
      <Paging trail={trail} next={list.data?.next} />
    </Card>
  );
}
