// What a version of an app says of itself (RFC 7591), member by member as a reviewer reads it, and two versions side by side.
// It checks nothing: what does not parse is shown as it came.
import type { ClientVersion, Me } from "../../../api/types";

export interface Facts {
  zh: string;
  en: string;
  purpose: { zh: string; en: string };
  contacts: string[];
  redirects: string[];
}

export interface Row {
  member: string;
  before: string[];
  after: string[];
  changed: boolean;
}

/** Members that a reviewer looks at first; the others follow by name. */
const FIRST = ["client_name", "client_name#zh", "client_name#en", "yima_purpose", "contacts", "redirect_uris", "grant_types", "token_endpoint_auth_method", "scope", "yima_claims", "yima_mandates", "yima_grant_days"];

export function factsOf(version: ClientVersion): Facts {
  const all = membersOf(version.metadata);
  const one = (name: string): string => all.get(name)?.[0] ?? "";
  const purpose = read(version.metadata)["yima_purpose"] as { zh?: unknown; en?: unknown } | undefined;
  return {
    zh: one("client_name#zh") || one("client_name"),
    en: one("client_name#en") || one("client_name"),
    purpose: { zh: textOf(purpose?.zh), en: textOf(purpose?.en) },
    contacts: all.get("contacts") ?? [],
    redirects: all.get("redirect_uris") ?? [],
  };
}

/** Every member of either version; a legal name and a sector count as members. */
export function sideBySide(before: ClientVersion | undefined, after: ClientVersion): Row[] {
  const [old, now] = [before ? wholeOf(before) : new Map<string, string[]>(), wholeOf(after)];
  const names = [...new Set([...now.keys(), ...old.keys()])].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return names.map((member) => {
    const [was, is] = [old.get(member) ?? [], now.get(member) ?? []];
    return { member, before: was, after: is, changed: before !== undefined && was.join("\n") !== is.join("\n") };
  });
}

/** What a version is compared with: the one in force, else the one before it. */
export function beforeOf(chosen: ClientVersion, versions: ClientVersion[]): ClientVersion | undefined {
  const active = versions.find((one) => one.state === "active" && one.version < chosen.version);
  return active ?? versions.find((one) => one.version < chosen.version && one.state !== "refused");
}

export function isOwn(version: ClientVersion, me: Me): boolean {
  return version.proposed_by === me.id || version.proposed_by === me.name;
}

function rank(member: string): number {
  const at = ["owner", "organisation", "sector", ...FIRST].indexOf(member);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function wholeOf(version: ClientVersion): Map<string, string[]> {
  const { owner, organisation, sector } = version;
  return new Map([["owner", [owner]], ["organisation", [organisation]], ["sector", [sector]], ...membersOf(version.metadata)]);
}

/** The members of metadata as lines of text. */
export function membersOf(metadata: string): Map<string, string[]> {
  return new Map(Object.entries(read(metadata)).map(([name, value]) => [name, linesOf(value)]));
}

function read(metadata: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(metadata);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { metadata };
  } catch {
    return { metadata };
  }
}

function linesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, inner]) => `${name}: ${textOf(inner)}`);
  return [textOf(value)];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
