//! Errors as RFC 9457 problem details, with the sentence in both languages. It does not know which status an error has.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// RFC 9457 problem details with Yima's extension members.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A URI reference naming the kind of problem, e.g. `/problems/malformed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short English title.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// Stable machine word, e.g. `malformed`, `sign_in_needed`, `clock`.
    pub code: String,
    /// What happened and what to do, in English.
    pub detail: String,
    /// The same in Chinese.
    pub detail_zh: String,
    /// Quote this when asking for help.
    pub request_id: String,
    /// Server time in Unix seconds, given where the caller's clock is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_at: Option<i64>,
}
