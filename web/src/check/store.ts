// What a checker keeps on its device: key, floor and bundle, replay memory, spool, this shift. It knows stores, not rules.
import * as db from "../device/db";
import type { Bytes } from "../code/bytes";
import type { Floor } from "../code/bundle";
import type { Earlier } from "../code/seen";
import type { Verdict } from "../api/types";

export interface Kept { floor: Floor; file: Bytes; version: number; etag: string }
export interface Passed { id?: number; at: number; verdict: Verdict["verdict"]; reason: string | null; form: string | null; online: boolean }
/** One admission waiting for the network: sealed ones are not due before a random moment. */
export interface Waiting {
  id?: number; dueAt: number; counted: { hour_at: number; form: string; verdict: string; reason: string };
  sealed?: { tag: string; nonce: string; body: string }; named?: { digits: string; at: number; verdict: string; reason: string };
}
export interface Parcel { batchId: string; ids: number[]; body: unknown }

const STORES: db.Store[] = [
  { name: "kv" }, { name: "seen" }, { name: "spool", options: { keyPath: "id", autoIncrement: true } }, { name: "shift", options: { keyPath: "id", autoIncrement: true } },
];

export class CheckStore {
  private constructor(private readonly db: IDBDatabase) {}
  static async open(): Promise<CheckStore> { return new CheckStore(await db.openDb("yima-check", STORES)); }

  get<T>(key: string): Promise<T | undefined> { return db.get<T>(this.db, "kv", key); }
  set(key: string, value: unknown): Promise<void> { return db.put(this.db, "kv", value, key); }
  remove(key: string): Promise<void> { return db.write(this.db, "kv", (s) => { s.delete(key); }); }

  saveSeen(key: string, earlier: Earlier): Promise<void> { return db.put(this.db, "seen", { key, earlier }, key); }
  seen(): Promise<{ key: string; earlier: Earlier }[]> { return db.all(this.db, "seen"); }
  dropSeen(keys: readonly string[]): Promise<void> { return db.write(this.db, "seen", (s) => { for (const key of keys) s.delete(key); }); }

  addWaiting(waiting: Waiting): Promise<void> { return db.put(this.db, "spool", waiting); }
  waiting(): Promise<Waiting[]> { return db.all<Waiting>(this.db, "spool"); }
  dropWaiting(ids: readonly number[]): Promise<void> { return db.write(this.db, "spool", (s) => { for (const id of ids) s.delete(id); }); }

  addPassed(passed: Passed): Promise<void> { return db.put(this.db, "shift", passed); }
  passed(): Promise<Passed[]> { return db.all<Passed>(this.db, "shift"); }
  endShift(): Promise<void> { return db.write(this.db, "shift", (s) => { s.clear(); }); }

  async erase(): Promise<void> { for (const { name } of STORES) await db.write(this.db, name, (s) => { s.clear(); }); }
}
