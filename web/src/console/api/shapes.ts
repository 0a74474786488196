// The JSON that the console reads and sends, by noun, as `crates/wire` writes it.
// It does not know paths. Times are Unix seconds (`*_at`), regions GB/T 2260 codes.

export interface Both {
  zh: string;
  en: string;
}
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type Role = "system" | "security" | "audit";
export interface Me {
  id: string;
  name: string;
  role: Role;
  until_at: number;
  demo: boolean;
}

export interface Overview {
  residents: number;
  devices: number;
  scenarios: number;
  gates: number;
  gates_late: number;
  checks_day: number;
  refused_day: number;
  unchecked_day: number;
  server_at: number;
  demo: boolean;
}
export interface Bar {
  key: string;
  label: string;
  region: string;
  valid: number;
  refused: number;
  could_not: number;
}
export interface Bars {
  bars: Bar[];
}

export type ResidentState = "active" | "suspended" | "dead";
export interface ResidentRow {
  id: string;
  name_masked: string;
  region: string;
  state: ResidentState;
  proofing: number;
}
export interface Device {
  id: string;
  label: string;
  slot: number;
  state: "active" | "ended";
  enrolled_at: number;
  ended_at: number | null;
}
export interface PaperCard {
  id: string;
  kind: "card" | "sheet";
  state: "active" | "revoked" | "replaced";
  issued_at: number;
  expires: string;
  says?: Both | null;
}
export interface BenefitRow {
  number: number;
  words: Both;
  from: string;
  until: string;
  source: string;
  state: "held" | "coming" | "over" | "ended";
  drawable: boolean;
}
export interface Resident extends ResidentRow {
  devices: Device[];
  cards: PaperCard[];
  benefits: BenefitRow[];
}
export interface EnrolmentCode {
  code: string;
  expires_at: number;
}

export interface ManifestVersion {
  slug: string;
  id: number;
  version: number;
  state: "proposed" | "active" | "retired" | "refused";
  toml: string;
  proposed_by: string;
  reviewed_by: string | null;
  note: string | null;
  at: number;
}
export interface Site {
  site: number;
  name: Both;
  scenario: string;
  scenario_id: number;
  region: string;
  place_code: string;
}
export interface ScenarioPublic {
  id: number;
  slug: string;
  name: Both;
  owner: Both;
  purpose: Both;
  sees: Both;
  level: string;
  region: string;
}

export interface Gate {
  id: string;
  name: string;
  site: number;
  place: string;
  scenario: string;
  state: "active" | "ended";
  last_seen_at: number | null;
  bundle_version: number | null;
  bundle_lag: number | null;
  spool: number;
  clock_off_s: number;
}
export interface GateKey {
  id: string;
  key: string;
}

export interface Use {
  id: string;
  at: number;
  deed: string;
  actor_kind: string;
  actor: string;
  scenario: string | null;
  site: number | null;
  outcome: string;
  reason: string | null;
  form: string | null;
}

export interface KeyRow {
  kid: string;
  suite: string;
  purpose: string;
  day: number | null;
  state: string;
  from_at: number | null;
  until_at: number | null;
}
export interface Keys {
  keys: KeyRow[];
  root_fingerprint: string;
  bundle_version: number;
}
