// The types of the public API are those of its document: a stale schema.d.ts fails here, and a changed one fails to compile.
import { readFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

test("schema.d.ts is made from docs/api/openapi.json; if not, run `npm run api`", async () => {
  const document = new URL("../../docs/api/openapi.json", import.meta.url);
  const made = COMMENT_HEADER + astToString(await openapiTS(document));
  expect(readFileSync(new URL("../src/api/schema.d.ts", import.meta.url), "utf8")).toBe(made);
}, 60_000);

test("every operation of the document has a name of its own", () => {
  const { paths } = JSON.parse(readFileSync(new URL("../../docs/api/openapi.json", import.meta.url), "utf8")) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const names = Object.values(paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));
  expect(new Set(names).size).toBe(names.length);
});
