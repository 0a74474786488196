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
    /// An order by which the person sees the search later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<DelayOrder>,
}

/// An order of a court or of a prosecutor's office that delays what a person sees of a search.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DelayOrder {
    /// Who gave it, at most 60 characters.
    pub authority: String,
    /// Its number, at most 60 characters.
    pub order_number: String,
    /// Unix seconds, at most a year after the search was asked for.
    pub until: i64,
}

/// An order beside its search.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DelayRow {
    /// `dly_…`
    pub id: String,
    /// Who gave the order.
    pub authority: String,
    /// Its number.
    pub order_number: String,
    /// Unix seconds.
    pub until_at: i64,
    /// `over` where nobody answered in three days.
    #[schema(value_type = crate::words::AuditDelayState)]
    pub state: String,
    /// Whether the caller may answer it: it waits, and somebody else asked.
    pub may_answer: bool,
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
    /// Orders that delay what the person sees, the oldest first.
    pub orders: Vec<DelayRow>,
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
