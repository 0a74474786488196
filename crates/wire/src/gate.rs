//! Gates: registration, sync and the upload of what they admitted offline. It does not know how a gate decides.

use crate::words::{LiveState, VerdictWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Register a gate.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewGate {
    /// What people call it.
    pub name: String,
    /// Where it stands; the site says the scenario.
    pub site: u32,
}

/// The gate's key, shown once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GateKey {
    /// `gat_…`
    pub id: String,
    /// `ygk_…`
    pub key: String,
}

/// A gate as operators see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Gate {
    /// `gat_…`
    pub id: String,
    /// Name.
    pub name: String,
    /// Site number.
    pub site: u32,
    /// Name of the place, in Chinese.
    pub place: String,
    /// Slug.
    pub scenario: String,
    /// `active` or `ended`.
    #[schema(value_type = LiveState)]
    pub state: String,
    /// Last sync or check.
    #[schema(required = true)]
    pub last_seen_at: Option<i64>,
    /// Bundle version it holds.
    #[schema(required = true)]
    pub bundle_version: Option<i64>,
    /// Versions behind the newest.
    #[schema(required = true)]
    pub bundle_lag: Option<i64>,
    /// Admissions not yet uploaded.
    pub spool: i64,
    /// Seconds its clock is off.
    pub clock_off_s: i64,
}

/// What a gate says when it syncs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SyncRequest {
    /// Version of the bundle it holds.
    pub bundle_version: i64,
    /// Admissions not yet uploaded.
    pub spool: i64,
    /// Its clock.
    pub clock_at: i64,
}

/// What it learns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SyncAnswer {
    /// Server time.
    pub server_at: i64,
    /// Newest bundle version.
    pub bundle_version: i64,
    /// Its gate id.
    pub gate: String,
    /// Its site.
    pub site: u32,
    /// Scenario slug.
    pub scenario: String,
    /// Scenario number.
    pub scenario_id: u16,
}

/// A gate registers the key by which it signs its challenges.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetCheckerKey {
    /// `ES256` or `SM2`.
    pub suite: String,
    /// 33 bytes: the public half.
    pub public_key: String,
    /// 64 bytes: the key's own signature over `yima.checker.key.v1` 00 ‖ gate id ‖ suite 1 ‖ key 33.
    pub proof: String,
    /// 64 bytes: the signature of the key that it replaces, over the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_old: Option<String>,
}

/// A count of checks in an hour.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// Start of the hour, Unix seconds.
    pub hour_at: i64,
    /// `T1`, …
    pub form: String,
    /// `valid`, …
    #[schema(value_type = VerdictWord)]
    pub verdict: String,
    /// Reason, empty when valid.
    pub reason: String,
    /// How many.
    pub n: i64,
}

/// One sealed record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SealedRecord {
    /// 16 bytes.
    pub tag: String,
    /// 16 bytes.
    pub nonce: String,
    /// Ciphertext and authentication tag.
    pub body: String,
}

/// One named admission (manifests of class `named`).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// The digits it read.
    pub digits: String,
    /// When.
    pub at: i64,
    /// `valid` or `refused`.
    #[schema(value_type = VerdictWord)]
    pub verdict: String,
    /// Reason, empty when valid.
    pub reason: String,
}

/// An upload; the same `batch_id` twice changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UploadRequest {
    /// 16 random bytes, kept with the spool until acknowledged.
    pub batch_id: String,
    /// Counts.
    #[serde(default)]
    pub counted: Vec<Counted>,
    /// Sealed records, shuffled.
    #[serde(default)]
    pub sealed: Vec<SealedRecord>,
    /// Named admissions.
    #[serde(default)]
    pub named: Vec<Named>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UploadAnswer {
    /// Rows taken now.
    pub accepted: i64,
    /// True when this batch had been taken before.
    pub already: bool,
}
