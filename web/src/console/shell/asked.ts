// What was typed to find a person: kept in memory only, never in the address, the history or the browser's storage.
// It does not know how the search is done.
import { useSyncExternalStore } from "react";

let asked = "";
const hearers = new Set<() => void>();

export function askFor(text: string): void {
  asked = text.trim();
  hearers.forEach((hear) => hear());
}

export function useAsked(): string {
  return useSyncExternalStore(listen, () => asked);
}

function listen(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}
