// What the auditor asks for, as it stands in the page's address, and as the API takes it.
// It does not know which words there are; the server refuses those that it does not.
import type { ActorKind, Deed, Outcome } from "../../../api/types";
import { atOf, type Range } from "./range";

export interface Filters extends Range {
  deed?: string;
  outcome?: string;
  actor?: string;
  scenario?: string;
}

export interface Asking {
  deed: Deed | undefined;
  outcome: Outcome | undefined;
  actor_kind: ActorKind | undefined;
  scenario: string | undefined;
  from: number | undefined;
  to: number | undefined;
}

export function askingOf(f: Filters): Asking {
  return {
    deed: f.deed as Deed | undefined,
    outcome: f.outcome as Outcome | undefined,
    actor_kind: f.actor as ActorKind | undefined,
    scenario: f.scenario,
    from: atOf(f.from),
    to: atOf(f.to),
  };
}
