// Paper codes of a resident: issue, print, replace, revoke. The PDF is opened by the browser itself.
import { Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { PaperCard, Resident } from "../../../api/types";
import { Card } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Empty } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { ActionsHead } from "../../parts/actions-head";
import { Listing } from "../../parts/Listing";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { papersOf, type Paper } from "./papers";
import { IssueCard } from "./IssueCard";
import { PrintCardWindow } from "./PrintCard";
import { words as benefitWords } from "./benefits.words";
import { words } from "./residents.words";

type Doing = { card: PaperCard; deed: "revoke" | "replace" };

export function Cards({ person, changed }: { person: Resident; changed: () => void }) {
  const t = useWords(words);
  const [issuing, setIssuing] = useState(false);
  const [printing, setPrinting] = useState<PaperCard | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const deed = async (reason: string): Promise<void> => {
    if (doing?.deed === "revoke") await send(at("/cards/{id}/revoke", { id: doing.card.id }), { reason });
    if (doing?.deed === "replace") await send(at("/cards/{id}/replace", { id: doing.card.id }));
    changed();
  };
  const add = person.state === "active" && (
    <Button onClick={() => setIssuing(true)}>
      <Icon name="card" small />
      {t.cards.add}
    </Button>
  );
  return (
    <Card title={t.cards.title} note={t.cards.note} aside={add}>
      <CardRows cards={papersOf(person.cards)} active={person.state === "active"} choose={setDoing} print={setPrinting} />
      <PrintCardWindow card={printing} onClose={() => setPrinting(null)} />
      <IssueCard open={issuing} person={person} onClose={() => setIssuing(false)} changed={changed} />
      {(["revoke", "replace"] as const).map((name) => (
        <EvidenceModal
          key={name}
          open={doing?.deed === name}
          stop={name === "revoke"}
          onClose={() => setDoing(null)}
          deed={deed}
          words={{
            ...(name === "revoke" ? { evidence: t.reason } : {}),
            cancel: t.cancel,
            title: t.cards[`${name}Title`],
            lead: t.cards[`${name}Lead`],
            ok: t.cards[name],
          }}
        />
      ))}
    </Card>
  );
}

interface RowsProps {
  cards: Paper[];
  active: boolean;
  choose: (doing: Doing) => void;
  print: (card: PaperCard) => void;
}

function CardRows({ cards, active, choose, print }: RowsProps) {
  const t = useWords(words).cards;
  const { paper } = useWords(benefitWords);
  const { language } = useLanguage();
  const { moment } = useFormat();
  return (
    <Listing<Paper>
      rowKey="id"
      rows={cards}
      scroll={{ x: "max-content" }}
      empty={<Empty title={t.none}>{active && t.noneDo}</Empty>}
      columns={[
        {
          title: t.kind,
          dataIndex: "kind",
          rowScope: "row",
          render: (kind: PaperCard["kind"], row) => (
            <span title={row.id}>{kind === "sheet" ? t.sheetOf(row.codes) : t.kinds.card}</span>
          ),
        },
        { title: paper.says, dataIndex: "says", render: (says: PaperCard["says"]) => says?.[language] ?? "—" },
        {
          title: t.state,
          dataIndex: "state",
          render: (state: PaperCard["state"]) => (
            <Standing tone={state === "active" ? "plain" : "gone"}>{t.states[state]}</Standing>
          ),
        },
        { title: t.issued, dataIndex: "issued_at", render: (at: number) => moment(at) },
        { title: t.expires, dataIndex: "expires", render: (month: string) => t.month(month) },
        {
          title: <ActionsHead />,
          key: "do",
          align: "right",
          render: (_, row) =>
            row.state === "active" && (
              <>
                <button type="button" className="press" onClick={() => print(row)}>
                  <Icon name="print" small />
                  {t.print}
                </button>
                <button type="button" className="press" onClick={() => choose({ card: row, deed: "replace" })}>
                  {t.replace}
                </button>
                <button type="button" className="press stop" onClick={() => choose({ card: row, deed: "revoke" })}>
                  {t.revoke}
                </button>
              </>
            ),
        },
      ]}
    />
  );
}
