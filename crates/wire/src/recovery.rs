//! Recoveries of accounts: what officers send and see, and what can be stopped. It does not know who decides.

use crate::words::RecoveryState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Ask, at a counter, that a resident comes back to the account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BeginRecovery {
    /// `res_…`
    pub resident: String,
    /// The letters that the resident's own device shows.
    pub number: String,
    /// What was shown at the counter; no ID number.
    pub evidence: String,
}

/// It waits for the colleague who was drawn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecoveryBegun {
    /// `rcv_…`
    pub id: String,
    /// Sign-in name of the colleague who was drawn.
    pub approver: String,
}

/// The second officer's word.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecoveryAnswer {
    /// Face, document and letters fit.
    pub yes: bool,
}

/// What a second look found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecoveryReview {
    /// It was right.
    pub right: bool,
    /// Why; no ID number.
    pub why: String,
}

/// A recovery in the officers' list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecoveryRow {
    /// `rcv_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// Masked name.
    pub name_masked: String,
    /// How far it is.
    #[schema(value_type = RecoveryState)]
    pub state: String,
    /// Sign-in name of the first officer.
    pub officer: String,
    /// Sign-in name of the one who was drawn.
    pub approver: String,
    /// It waits for the asking officer's word.
    pub yours: bool,
    /// It waits for a second look that the asking officer may take.
    pub to_review: bool,
    /// What was shown at the counter.
    pub evidence: String,
    /// The letters on the resident's device.
    pub number: String,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds.
    pub expires_at: i64,
}

/// A recovery that can be stopped.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StandingRecovery {
    /// `rcv_…`
    pub id: String,
    /// One's own account; otherwise of somebody in one's care.
    pub own: bool,
    /// How far it is.
    #[schema(value_type = RecoveryState)]
    pub state: String,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds until which what matters waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<i64>,
}
