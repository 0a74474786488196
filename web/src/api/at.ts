// Paths of the public API that know what is asked and answered there: an address that the document does not have, or a field
// that it does not name, does not compile. schema.d.ts is made from docs/api/openapi.json (`npm run api`).
import type { paths } from "./schema";

export const BASE = "/api/v1";
type Method = "get" | "post" | "delete";
/** Every path of the document, without what all of them begin with. */
export type Route = { [P in keyof paths]: P extends `/api/v1${infer R}` ? R : never }[keyof paths];
type Operation<M extends Method, R extends Route> = `/api/v1${R}` extends keyof paths ? paths[`/api/v1${R}`][M] : never;
/** What a success says; undefined where it says nothing. */
export type Answer<M extends Method, R extends Route> =
  Operation<M, R> extends { responses: { 200: { content: { "application/json": infer A } } } } ? A : undefined;
/** What is sent; undefined where nothing is. */
export type Sent<M extends Method, R extends Route> =
  Operation<M, R> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;
/** What may stand behind the question mark. */
type Query<R extends Route> = Operation<"get", R> extends { parameters: { query?: infer Q } } ? Partial<{ [K in keyof Q]: Q[K] | null | undefined }> : never;
type Names<R extends string> = R extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;

declare const route: unique symbol;
/** A path with its values filled in, behind which stands this route. */
export type At<R extends Route> = string & { readonly [route]: R };

/** `at("/residents/{id}", { id })`, `at("/uses", {}, { deed })`: what is empty is left out. */
export function at<R extends Route>(
  path: R,
  ...[values, query]: [Names<R>] extends [never] ? [values?: Record<string, never>, query?: Query<R>] : [values: Record<Names<R>, string | number>, query?: Query<R>]
): At<R> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((values as Record<string, unknown>)[name])));
  const kept = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return (text ? `${filled}?${text}` : filled) as At<R>;
}
