// Short names for the shapes of the public API; nothing here is written by hand. schema.d.ts is made from docs/api/openapi.json (`npm run api`).
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Both = Schemas["Words"];
export type Problem = Schemas["Problem"];

export type Scenario = Schemas["ScenarioPublic"];
export type Scenarios = Schemas["Scenarios"];
export type Site = Schemas["Site"];

export type Enrolled = Schemas["Enrolled"];
export type DeviceRow = Schemas["DeviceRow"];
export type DeviceHome = Schemas["DeviceHome"];
export type DrawRequest = Schemas["DrawRequest"];
export type DrawAnswer = Schemas["DrawAnswer"];
export type Flavour = Schemas["FlavourWord"];
export type Consent = Schemas["Consent"];
export type RecordEntry = Schemas["RecordEntry"];
export type RecordPage = Schemas["Record"];
export type Bucket = Schemas["Bucket"];
export type BucketDay = Schemas["BucketDay"];
export type ShortNumber = Schemas["ShortNumber"];
export type CheckIn = Schemas["CheckInAnswer"];
export type TimeAnswer = Schemas["TimeAnswer"];
export type Inbox = Schemas["Inbox"];

export type MyRights = Schemas["MyRights"];
export type RightsRequest = Schemas["RightsRequest"];
export type OrganisationRow = Schemas["OrganisationRow"];
export type OrganisationImport = Schemas["OrganisationImport"];
export type AuditSearch = Schemas["AuditSearchRow"];
export type QueuedRequest = Schemas["QueuedRequest"];

export type SyncAnswer = Schemas["SyncAnswer"];
export type Confirmation = Schemas["Confirmation"];
export type Confirmations = Schemas["Confirmations"];
export type Waits = Schemas["Waits"];
export type ResolveAnswer = Schemas["ResolveAnswer"];
export type Binding = Schemas["Binding"];
export type ResolveCount = Schemas["ResolveCount"];
export type ResolveCounts = Schemas["ResolveCounts"];
export type UploadRequest = Schemas["UploadRequest"];
export type Counted = Schemas["Counted"];
export type SealedRecord = Schemas["SealedRecord"];
export type Named = Schemas["Named"];
export type Verdict = Schemas["Verdict"];

export type Me = Schemas["Me"];
export type Role = Schemas["RoleWord"];
export type Overview = Schemas["Overview"];
export type Grouping = Schemas["Grouping"];
export type Bar = Schemas["Bar"];
export type ResidentRow = Schemas["ResidentRow"];
export type Resident = Schemas["Resident"];
export type ResidentState = Schemas["AccountState"];
export type EndReason = Schemas["EndReason"];
export type AnyDevice = Schemas["AnyDevice"];
export type LiveState = Schemas["LiveState"];
export type OwnEnterprise = Schemas["Enterprise"];
export type Enterprises = Schemas["Enterprises"];
export type OwnMandate = Schemas["OwnMandate"];
export type Mandates = Schemas["Mandates"];
export type Invitation = Schemas["Invitation"];
export type ResidentMandate = Schemas["ResidentMandate"];
export type ResidentMandates = Schemas["ResidentMandates"];
export type NewMandate = Schemas["NewMandate"];
export type BenefitRow = Schemas["BenefitRow"];
export type Signing = Schemas["Signing"];
export type SigningRole = Schemas["SigningRole"];
export type PaperCard = Schemas["CardRow"];
export type EnrolmentCode = Schemas["EnrolmentCode"];
export type ManifestVersion = Schemas["ManifestVersion"];
export type Gate = Schemas["Gate"];
export type GateKey = Schemas["GateKey"];
export type Use = Schemas["UseRow"];
export type Deed = Schemas["DeedWord"];
export type Outcome = Schemas["OutcomeWord"];
export type ActorKind = Schemas["ActorKindWord"];
export type KeyRow = Schemas["KeyRow"];
export type Suite = Schemas["SuiteWord"];
export type RecoveryRow = Schemas["RecoveryRow"];
export type StandingRecovery = Schemas["StandingRecovery"];
