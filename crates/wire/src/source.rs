//! Sources of import files and the keys that sign them. It does not know a key's bytes.

use crate::words::{SourceAlg, SourceState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A source to propose, a further key of one, or one that comes without a signature.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
// A key under a wrong name must not become a source without one.
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// Its name, 1 to 80 characters, as each import will give it.
    pub source: String,
    /// Its public key: a JWK as text, or a PEM; P-256 or Ed25519. Absent for a source that comes without a signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why, and how it was made sure that the key is theirs; at most 200 characters.
    pub reason: String,
}

/// A proposal that waits for another operator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SourceProposed {
    /// `rky_…`
    pub id: String,
}

/// A key of a source, or its registration without one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SourceRow {
    /// `rky_…`
    pub id: String,
    /// The name of the source.
    pub source: String,
    /// Thumbprint of the key (RFC 7638, SHA-256); absent for one that comes without a signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `ES256` or `EdDSA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceAlg>)]
    pub alg: Option<String>,
    /// Why.
    pub reason: String,
    /// `proposed`, `over`, `active`, `withdrawn` or `ended`.
    #[schema(value_type = SourceState)]
    pub state: String,
    /// Sign-in name of whoever proposed it; absent for the server's own command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// Unix seconds.
    pub proposed_at: i64,
    /// Sign-in name of whoever approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When it was ended or called off, Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// The caller may approve it: it waits, and another person proposed it.
    pub may_decide: bool,
}

/// The register of sources.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Sources {
    /// Imports of registered sources alone are taken: so it is once the first one was approved.
    pub closed: bool,
    /// Those that stand or wait, by their source; then those of the past, newest first. At most 500 of each.
    pub items: Vec<SourceRow>,
}
