//! Figures for the console. It does not know where they are counted.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The province at a glance.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// Residents.
    pub residents: i64,
    /// Active devices.
    pub devices: i64,
    /// Active scenarios.
    pub scenarios: i64,
    /// Active gates.
    pub gates: i64,
    /// Gates not seen for an hour, or two bundles behind.
    pub gates_late: i64,
    /// Checks in the last 24 hours.
    pub checks_day: i64,
    /// Of these refused.
    pub refused_day: i64,
    /// Of these could not be checked.
    pub unchecked_day: i64,
    /// Server time.
    pub server_at: i64,
    /// True in the demonstration.
    pub demo: bool,
}

/// One bar: counts under a key (`hour` Unix seconds, site number, reason or slug).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bar {
    /// Key.
    pub key: String,
    /// Label, where a key needs one (place name, region).
    pub label: String,
    /// GB/T 2260 of the place, for tiles by city; empty otherwise.
    pub region: String,
    /// Valid.
    pub valid: i64,
    /// Refused.
    pub refused: i64,
    /// Could not be checked.
    pub could_not: i64,
}

/// Bars in key order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bars {
    /// At most 1,000.
    pub bars: Vec<Bar>,
}

/// The demonstration's inbox of one-time passwords.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Inbox {
    /// Newest first.
    pub messages: Vec<InboxMessage>,
}

/// A message that a real province would send by SMS.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InboxMessage {
    /// Masked number.
    pub to: String,
    /// Text.
    pub text: String,
    /// When.
    pub at: i64,
}
