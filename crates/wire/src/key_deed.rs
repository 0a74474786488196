//! Deeds over keys that take two persons. It does not know any key.

use crate::words::{KeyDeedProposable, KeyDeedState, KeyDeedWhat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Propose what is done to keys.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDeedProposal {
    /// New paper keys of a suite, that the next token keys sign from now on, or that a paper key is withdrawn.
    #[schema(value_type = KeyDeedProposable)]
    pub what: String,
    /// Why, at most 200 characters.
    pub reason: String,
    /// The paper key to withdraw, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
}

/// Withdraw a paper key at once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaperKeyWithdrawal {
    /// Hex.
    pub kid: String,
    /// Why, at most 200 characters.
    pub reason: String,
}

/// What ended with it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaperKeyWithdrawn {
    /// Paper codes that were good a moment ago; each has to be issued anew.
    pub cards: u64,
}

/// The new proposal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDeedProposed {
    /// `kdd_…`
    pub id: String,
}

/// An answer to a proposal, or to what was done at once.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDeedAnswer {
    /// Agree, or refuse; of what was done: it was right, or it is disputed.
    pub agree: bool,
}

/// What was proposed or done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDeedRow {
    /// `kdd_…`
    pub id: String,
    /// What is done to keys; `wrapping`, `data_key` and `role` are done at the server's own command line alone.
    #[schema(value_type = KeyDeedWhat)]
    pub what: String,
    /// Why.
    pub reason: String,
    /// Of a proposal the first four (`over` after seven days); of what was done at once the rest, `late` after a day.
    #[schema(value_type = KeyDeedState)]
    pub state: String,
    /// Sign-in name; none for the server's own command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// Unix seconds.
    pub proposed_at: i64,
    /// Sign-in name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The caller may decide it: it waits, and somebody else proposed or did it.
    pub may_decide: bool,
    /// The paper key that is withdrawn, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// While it waits for a second person: how many paper codes end with it, each to be issued anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards: Option<u64>,
}

/// What was proposed and done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDeeds {
    /// The newest first, at most 100.
    pub items: Vec<KeyDeedRow>,
}
