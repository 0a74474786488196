//! The JSON shapes of the public API, one file a noun, and the rules of its callers; it knows serde and not what the shapes mean.
//! Bytes are base64url without padding, times are integer Unix seconds (`*_at`), durations are seconds (`*_s`).

pub mod account;
pub mod audit;
pub mod binding;
pub mod check;
pub mod client;
pub mod device;
pub mod enterprise;
pub mod gate;
pub mod mandate;
pub mod message_signature;
pub mod number;
pub mod operator;
pub mod organisation;
pub mod post;
pub mod problem;
pub mod record;
pub mod recovery;
pub mod resident;
pub mod retry;
pub mod rights;
pub mod scenario;
pub mod scim;
pub mod screen;
pub mod stats;
pub mod token;
pub mod words;

pub mod death;
pub mod key_deed;
pub mod source;
pub mod visit;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The same sentence in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English.
    pub en: String,
}

/// One page of a list; `next` is the key to ask for the following page with, absent at the end.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page, newest or smallest key first as the list says.
    pub items: Vec<T>,
    /// Pass as `after` (or `before`) for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
