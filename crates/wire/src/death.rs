//! Deaths: what officers report, see and take back. It does not know what ends with a person.

use crate::words::{DeathSource, DeathState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A source says that somebody died. The first one suspends; a second one, of another kind and by another officer, confirms.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeathReport {
    /// Which kind of source.
    #[schema(value_type = DeathSource)]
    pub source: String,
    /// What was shown: kind of document and file number; no ID number.
    pub evidence: String,
}

/// A death that is reported and not final.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeathRow {
    /// `res_…`
    pub resident: String,
    /// Masked name.
    pub name_masked: String,
    /// How far it is.
    #[schema(value_type = DeathState)]
    pub state: String,
    /// The first source.
    #[schema(value_type = DeathSource)]
    pub source: String,
    /// What was shown.
    pub evidence: String,
    /// Sign-in name of the officer who wrote it down.
    pub reported_by: String,
    /// Unix seconds.
    pub reported_at: i64,
    /// Unix seconds from which it is final; absent before a second source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_from: Option<i64>,
    /// The asking officer may confirm it: somebody else reported it.
    pub yours: bool,
}
