//! A change of telephone number that waits. It does not know who asked for it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A change of one's own number that can be stopped.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StandingNumberChange {
    /// `num_…`
    pub id: String,
    /// The new number, `138****8000`.
    pub number_masked: String,
    /// Unix seconds from which it counts.
    pub due_at: i64,
}
