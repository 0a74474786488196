//! Searches of the uses of one person, as operators ask for them and answer. It does not know who may.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Ask to search the uses of one person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AskAuditSearch {
    /// A whole 18-character identity number, or `res_…`; never a name.
    pub person: String,
    /// Number of the case.
    pub case_number: String,
    /// What for; the person reads it.
    pub purpose: String,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, not included; at most 90 days after `from`.
    pub to: i64,
}

/// The new search.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AskedAuditSearch {
    /// `aud_…`
    pub id: String,
}

/// A search.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditSearchRow {
    /// `aud_…`
    pub id: String,
    /// `res_…`
    pub person: String,
    /// Number of the case.
    pub case_number: String,
    /// What for.
    pub purpose: String,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, not included.
    pub to: i64,
    /// `waiting`, `approved` or `refused`.
    #[schema(value_type = crate::words::AuditSearchState)]
    pub state: String,
    /// Whether the caller asked for it.
    pub own: bool,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds: until when an approved one can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_at: Option<i64>,
}

/// The answer to a search that waits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnswerAuditSearch {
    /// Approve or refuse.
    pub approve: bool,
}

/// Where to go on reading.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ReadAuditSearch {
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
