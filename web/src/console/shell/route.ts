// Where the operator is: the part of the address behind `#`, as a page, a thing on it and filters.
// It does not know which pages exist. What identifies a person (a name, an ID number) never goes in here,
// because addresses are kept by browsers and copied into letters.
import { useSyncExternalStore } from "react";

export interface Route {
  page: string;
  id: string | null;
  query: URLSearchParams;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(watch, () => location.hash);
  return parse(hash);
}

/** `href('residents', 'res_01…')` → `#/residents/res_01…`; empty filters are left out. */
export function href(page: string, id?: string | null, query: Record<string, string | undefined> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const tail = kept.length > 0 ? `?${new URLSearchParams(kept).toString()}` : "";
  return `#/${page}${id ? `/${encodeURIComponent(id)}` : ""}${tail}`;
}

export function go(address: string): void {
  location.hash = address;
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", id] = path.split("/", 2);
  return { page: page || "overview", id: id ? decodeURIComponent(id) : null, query: new URLSearchParams(query) };
}

function watch(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
