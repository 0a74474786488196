// What this device keeps: who it is, its tokens, what it showed, and answers to show without a network.
// It knows stores and shapes; the rules about tokens live in batch.ts.
import * as db from "./db";
import type { DeviceKey } from "./keys";
import type { Bytes } from "../code/bytes";

export interface Identity {
  deviceId: string; slot: number; key: DeviceKey; nameMasked: string; region: string; rootFingerprint: string; enrolledAt: number;
}
export interface Token {
  id: string; kind: "T1" | "T0"; day: number; flavour: string; from: number; until: number;
  /** The mandate under which it is shown; none for one's own. */
  edge?: string;
  issuerPart?: Bytes; privateKey?: CryptoKey; t0?: { id: Bytes; key: Bytes; suite?: number };
  firstShownAt: number; lastShownAt: number; lastWhere: string;
}
export interface Shown { tag: string; bytes: Bytes; at: number; scenario: number; site: number }
export interface PendingDraw { requestId: string; day: number; t1: { flavour: string; benefit?: number; key: DeviceKey }[]; t0: number }

const STORES: db.Store[] = [
  { name: "kv" }, { name: "tokens", options: { keyPath: "id" } }, { name: "shown", options: { keyPath: "tag" } }, { name: "found", options: { keyPath: "id" } },
];

export class DeviceStore {
  private constructor(readonly db: IDBDatabase) {}
  static async open(): Promise<DeviceStore> { return new DeviceStore(await db.openDb("yima-device", STORES)); }

  get<T>(key: string): Promise<T | undefined> { return db.get<T>(this.db, "kv", key); }
  set(key: string, value: unknown): Promise<void> { return db.put(this.db, "kv", value, key); }
  remove(key: string): Promise<void> { return db.write(this.db, "kv", (s) => { s.delete(key); }); }

  tokens(): Promise<Token[]> { return db.all<Token>(this.db, "tokens"); }
  saveTokens(tokens: readonly Token[]): Promise<void> { return db.write(this.db, "tokens", (s) => { for (const t of tokens) s.put(t); }); }
  dropTokens(ids: readonly string[]): Promise<void> { return db.write(this.db, "tokens", (s) => { for (const id of ids) s.delete(id); }); }

  shown(): Promise<Shown[]> { return db.all<Shown>(this.db, "shown"); }
  saveShown(shown: Shown): Promise<void> { return db.put(this.db, "shown", shown); }
  dropShown(tags: readonly string[]): Promise<void> { return db.write(this.db, "shown", (s) => { for (const tag of tags) s.delete(tag); }); }

  found<T>(): Promise<T[]> { return db.all<T>(this.db, "found"); }
  saveFound(entry: { id: string }): Promise<void> { return db.put(this.db, "found", entry); }

  /** Forgets everything: this device is no longer enrolled. */
  async erase(): Promise<void> {
    for (const { name } of STORES) await db.write(this.db, name, (s) => { s.clear(); });
  }
}
