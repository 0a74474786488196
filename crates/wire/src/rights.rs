//! The rights of a person over their data: requests, copies and answers. It does not know who decides them.

use crate::Words;
use crate::words::{CopyForm, DecisionWord, LanguageWord, RightState, RightWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One request under a right.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RightsRequest {
    /// `rgt_…`
    pub id: String,
    /// `copy`, `correct`, `restrict`, `delete`, `explain` or `kin`.
    #[schema(value_type = RightWord)]
    pub kind: String,
    /// `waiting` for an officer, `held` for a time, `done`, `refused`, or `stopped` by the person.
    #[schema(value_type = RightState)]
    pub state: String,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds: nothing happens before; any device stops a deletion until then.
    pub hold_until: i64,
    /// Unix seconds: the end of the last working day.
    pub due_at: i64,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled_at: Option<i64>,
    /// It is open, and its last working day is over.
    pub overdue: bool,
    /// What was asked, as JSON of its kind: `{"field","to","why"}`, `{"question"}`, `{"name","relation","wants","why","evidence"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What the person was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// How to complain, when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complain: Option<Words>,
}

/// Something that outlives a deletion.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeptByLaw {
    /// What.
    pub what: Words,
    /// Under which law.
    pub law: Words,
    /// Days after the deletion.
    pub days: u16,
}

/// One's own requests, and what to know before asking.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyRights {
    /// Newest first.
    pub requests: Vec<RightsRequest>,
    /// What a deletion leaves, and why.
    pub kept: Vec<KeptByLaw>,
    /// Working days in which a request is answered.
    pub working_days: u16,
    /// Days in which any device stops a deletion.
    pub hold_days: u16,
    /// Under 14: a guardian asks for corrections, deletion, and switching processing off, and the person does not.
    pub guardian_decides: bool,
}

/// How a copy is wanted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CopyRequest {
    /// `json` or `pdf`.
    #[schema(value_type = CopyForm)]
    pub form: String,
    /// `zh` or `en`; of a PDF. A JSON file holds both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LanguageWord>)]
    pub lang: Option<String>,
}

/// What somebody wants corrected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CorrectRequest {
    /// `name`, `phone` or `region`.
    #[schema(value_type = crate::words::CorrectableWord)]
    pub field: String,
    /// To what.
    pub to: String,
    /// Why, at most 1,000 characters.
    pub why: String,
}

/// What somebody wants explained.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainRequest {
    /// At most 1,000 characters.
    pub question: String,
}

/// A request in the officers' queue.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuedRequest {
    /// Whose: `res_…`.
    pub resident: String,
    /// The request; what was written stands there only once it is opened.
    #[serde(flatten)]
    pub request: RightsRequest,
}

/// An officer's answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RightsAnswer {
    /// `done`, `refuse`, `wait` or `go_on`.
    #[schema(value_type = DecisionWord)]
    pub decision: String,
    /// What the person is told, at most 1,000 characters.
    pub text: String,
    /// What was shown, for the record; needed for `done`.
    #[serde(default)]
    pub evidence: String,
}

/// What the kin of a dead person ask for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KinRequest {
    /// Whose data: `res_…`.
    pub resident: String,
    /// Who asks.
    pub name: String,
    /// `spouse`, `parent`, `child`, `sibling`, `grandparent`, `maternal_grandparent`, `grandchild` or `daughters_child`.
    pub relation: String,
    /// `copy`, `correct` or `delete`.
    pub wants: String,
    /// Their lawful and legitimate interest.
    pub why: String,
    /// What was shown at the counter.
    pub evidence: String,
}
