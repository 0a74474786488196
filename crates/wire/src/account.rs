//! One's own account: the link that begins the first way to sign in. It does not know how anybody signs in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A link that begins setting up the first way to sign in, in any browser, once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// Open it in a browser; show it to nobody.
    pub url: String,
    /// Unix seconds after which it is dead.
    pub expires_at: i64,
}

/// How many sessions were ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EndedSessions {
    /// Of browsers.
    pub ended: u32,
}

/// A resident's printed sheet of one-time sign-in codes.
#[derive(Serialize, Deserialize, ToSchema, Clone, Debug)]
pub struct SheetLeft {
    /// Codes that were not used; null when there is no sheet.
    pub left: Option<u32>,
}
