// The shapes of the public API that the pages use, by the names that the pages call them; schema.d.ts is made from docs/api/openapi.json (`npm run api`).
import type { components } from "./schema";

type Schemas = components["schemas"];
/** `null` where serde writes null; the document says "may be absent". */
type Nullable<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> | null };

export type Scenario = Schemas["ScenarioPublic"];
export type Scenarios = Schemas["Scenarios"];
export type Site = Schemas["Site"];
export type Enrolled = Schemas["Enrolled"];
export type DeviceRow = Nullable<Schemas["DeviceRow"], "ended_at">;
export type DeviceHome = Omit<Schemas["DeviceHome"], "devices"> & { devices: DeviceRow[] };
export type DrawAnswer = Schemas["DrawAnswer"];
export type Consent = Schemas["Consent"];
export type RecordEntry = Nullable<Schemas["RecordEntry"], "reason" | "form">;
export interface RecordPage { entries: RecordEntry[]; next: string | null }
export type Bucket = Schemas["Bucket"];
export type BucketDay = Schemas["BucketDay"];
export type ShortNumber = Schemas["ShortNumber"];
export type CheckIn = Schemas["CheckInAnswer"];
export type TimeAnswer = Schemas["TimeAnswer"];
export type Inbox = Schemas["Inbox"];
export type SyncAnswer = Schemas["SyncAnswer"];
export type Confirmation = Schemas["Confirmation"];
export type Confirmations = Schemas["Confirmations"];
export type Waits = Schemas["Waits"];
export type ResolveAnswer = Nullable<Schemas["ResolveAnswer"], "pseudonym">;
export type Binding = Nullable<Schemas["Binding"], "ended_at">;
export type ResolveCounts = Omit<Schemas["ResolveCounts"], "counts"> & { counts: Nullable<Schemas["ResolveCount"], "many">[] };
/** The three words of a verdict; the document has a string. */
export type Verdict = Omit<Nullable<Schemas["Verdict"], "reason" | "form" | "receipt">, "verdict" | "confirmation"> & { verdict: "valid" | "refused" | "could_not_check"; confirmation?: Waits };
