// What needs somebody, derived from the figures on this page alone, the most urgent first; each line leads to where it is mended.
import type { Gate, ManifestVersion, Me, Overview } from "../../../api/types";
import { Card } from "../../parts/card";
import { Shape, type Tone } from "../../parts/standing";
import { may } from "../../shell/may";
import { href } from "../../shell/route";
import { useFormat, type Format } from "../../words/format";
import { useWords } from "../../words/language";
import { clockIsOff } from "../gates/lag";
import { isOwn } from "../scenarios/who";
import { words } from "./overview.words";

interface Props {
  figures: Overview;
  gates: Gate[];
  late: number;
  manifests: ManifestVersion[];
  me: Me;
}
interface Todo {
  key: string;
  tone: Tone;
  title: string;
  do: string;
  to: string;
  press: string;
}

/** Above this share of unmade checks somebody should look. */
const UNCHECKED_SHARE_MAX = 0.005;

export function TodoCard(props: Props) {
  const t = useWords(words).todo;
  const todos = todosOf(props, t, useFormat());
  return (
    <Card title={t.title} note={t.note(todos.length)} className="todo">
      <ul>
        {todos.map((todo) => (
          <li key={todo.key}>
            <Shape tone={todo.tone} />
            <div>
              <b>{todo.title}</b>
              <p>{todo.do}</p>
            </div>
            <a className="button" href={todo.to}>
              {todo.press}
            </a>
          </li>
        ))}
        {todos.length === 0 && (
          <li>
            <Shape tone="fine" />
            <div>
              <b>{t.none}</b>
              <p>{t.noneDo}</p>
            </div>
          </li>
        )}
      </ul>
    </Card>
  );
}

function todosOf({ figures, gates, late, manifests, me }: Props, t: typeof words.zh.todo, { number, share }: Format): Todo[] {
  const off = gates.filter(clockIsOff).length;
  const spool = gates.reduce((sum, gate) => sum + gate.spool, 0);
  const waiting = manifests.filter(
    (m) => m.state === "proposed" && (may(me.role, "review_scenario") ? !isOwn(m, me) : true),
  ).length;
  const unmade = figures.checks_day > 0 && figures.unchecked_day / figures.checks_day > UNCHECKED_SHARE_MAX;
  const all: (Todo | false)[] = [
    late > 0 && {
      key: "late",
      tone: "stop",
      title: t.late(number(late)),
      do: t.lateDo,
      to: href("gates", null, { only: "late" }),
      press: t.look,
    },
    unmade && {
      key: "unmade",
      tone: "late",
      title: t.unchecked(share(figures.unchecked_day, figures.checks_day)),
      do: t.uncheckedDo,
      to: href("gates"),
      press: t.look,
    },
    off > 0 && { key: "clock", tone: "late", title: t.clock(number(off)), do: t.clockDo, to: href("gates"), press: t.look },
    waiting > 0 && {
      key: "review",
      tone: "late",
      title: t.proposals(waiting),
      do: t.proposalsDo,
      to: href("scenarios"),
      press: may(me.role, "review_scenario") ? t.review : t.look,
    },
    spool > 0 && { key: "spool", tone: "plain", title: t.spool(number(spool)), do: t.spoolDo, to: href("gates"), press: t.look },
  ];
  return all.filter((todo): todo is Todo => todo !== false);
}
