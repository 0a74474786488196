// The shapes of the public API that the pages use, as crates/wire writes them; tests/api.test.ts holds them against the OpenAPI document.
import type { Both } from "../shared/words";

export interface Scenario {
  id: number; slug: string; name: Both; owner: Both; purpose: Both; sees: Both; level: string; forms: string[]; flavour: string;
  record: string; retention_days: number; any_scenario: boolean; any_site?: boolean; attributes: string[]; region: string;
}
export interface Scenarios { scenarios: Scenario[]; demo: boolean }
export interface Site { site: number; name: Both; scenario: string; scenario_id: number; region: string; place_code: string }
export interface Enrolled { device_id: string; slot: number; name_masked: string; region: string; root_fingerprint: string; server_at: number }
export interface DeviceRow { id: string; label: string; slot: number; state: string; enrolled_at: number; ended_at: number | null; this: boolean }
export interface Settings { paper_off: boolean; short_off: boolean }
export interface Notice { at: number; kind: string; words: Both }
export interface DeviceHome {
  name_masked: string; region: string; state: string; devices: DeviceRow[]; settings: Settings; notices: Notice[]; flavours: string[]; server_at: number;
}
export interface DrawAnswer {
  day: number; from_at: number; until_at: number; tokens: { issuer_part: string; flavour: string }[]; t0: { id: string; key: string }[]; server_at: number;
}
export interface Consent { id: string; scenario: string; attributes: string[]; from_at: number; until_at: number; state: string }
export interface RecordEntry {
  id: string; at: number; deed: string; scenario: string; scenario_name: Both; place: Both; who: Both; why: Both; saw: Both;
  outcome: string; reason: string | null; form: string | null; online: boolean;
}
export interface RecordPage { entries: RecordEntry[]; next: string | null }
export interface Bucket { day: number; prefix: string; records: { tag: string; nonce: string; body: string }[] }
export interface ShortNumber { number: string; expires_at: number }
export interface CheckIn { receipt: string; scenario: string; place: Both; at: number }
export interface TimeAnswer { server_at: number; server_ms: number; nonce: string; signature: string }
export interface Inbox { messages: { to: string; text: string; at: number }[] }
export interface Verdict {
  verdict: "valid" | "refused" | "could_not_check"; reason: string | null; title: Both; advice: Both; form: string | null; scenario: string;
  assurance: number; age_band: number; benefit: number; acting: boolean; late: boolean; skew_min: number; at: number; receipt: string | null;
}
export interface SyncAnswer { server_at: number; bundle_version: number; gate: string; site: number; scenario: string; scenario_id: number; seen: { id: string; at: number }[] }
