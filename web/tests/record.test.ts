// Sealed records by the shared vectors, and one round of our own.
import { expect, test } from "vitest";
import { concat, fromHex, toHex } from "../src/code/bytes";
import { openRecord, sealRecord } from "../src/code/record";
import { load } from "./vectors";

interface Row { record: string; shown: string; scenario: number; site: number; time: number }
const { open, not_ours } = load<{ open: Row[]; not_ours: Row[] }>("sealed_record.json");
const split = (hex: string) => { const b = fromHex(hex); return { tag: b.slice(0, 16), nonce: b.slice(16, 32), body: b.slice(32) }; };

test.each(open)("opens and is made again, byte by byte: $record", async (row) => {
  const note = { site: row.site, scenario: row.scenario, at: row.time };
  expect(await openRecord(fromHex(row.shown), split(row.record))).toEqual(note);
  const made = await sealRecord(fromHex(row.shown), note, split(row.record).nonce);
  expect(toHex(concat(made.tag, made.nonce, made.body))).toBe(row.record);
});
test.each(not_ours)("is not ours: $record", async (row) => expect(await openRecord(fromHex(row.shown), split(row.record))).toBeNull());
