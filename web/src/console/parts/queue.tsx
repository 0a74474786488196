// What waits for an officer: a press that begins one, a fresh look, and the rows, or what to do where they can't be read.
// It knows no noun.
import { Button } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "../api/problem";
import { Bench } from "./card";
import { Icon } from "./icons";
import { Failed } from "./said";

interface QueueProps {
  list: { problem: Problem | null; again: () => void };
  /** What the button of the fresh look is called. */
  again: string;
  /** Begins one, where this officer may. */
  begin?: { title: string; danger?: boolean; press: () => void } | false;
  /** What came of a press on a row. */
  said?: ReactNode;
  children: ReactNode;
}

export function Queue({ list, again, begin, said, children }: QueueProps) {
  const action = begin && (
    <Button type="primary" danger={begin.danger ?? false} onClick={begin.press}>
      <Icon name="add" small />
      {begin.title}
    </Button>
  );
  return (
    <>
      <Bench action={action}>
        <Button aria-label={again} onClick={list.again}>
          <Icon name="again" small />
        </Button>
      </Bench>
      {said}
      {list.problem ? <Failed problem={list.problem} again={list.again} /> : <section className="card">{children}</section>}
    </>
  );
}
