// What was typed to find a person: kept in memory only, never in the address, the history or the browser's storage.
// It does not know how the search is done.
import { useSyncExternalStore } from "react";

export interface Asked {
  text: string;
  /** Year of birth, beside a name. */
  born: number | null;
}

let asked: Asked = { text: "", born: null };
const hearers = new Set<() => void>();

export function askFor(text: string, born: number | null = null): void {
  asked = { text: text.trim(), born };
  hearers.forEach((hear) => hear());
}

export function useAsked(): Asked {
  return useSyncExternalStore(listen, () => asked);
}

function listen(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}
