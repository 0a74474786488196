//! Another screen that a resident's phone signs in by its code. It does not know who may.

use crate::Words;
use crate::words::{NearWord, ReasonWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a phone has read on a screen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReadScreen {
    /// 201 digits of a challenge.
    pub challenge: String,
}

/// Which screen shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScreenRead {
    /// What its browser seems to be, such as `Chromium · Linux`; "" where that is not known.
    pub browser: String,
    /// Where its network is; absent where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The app that it goes on to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Words>,
    /// `here`, `unsure` (ask once more) or `far` (another province: it is refused).
    #[schema(value_type = NearWord)]
    pub near: String,
    /// What the phone's passkey is asked; absent when its holder has none, and nobody can be signed in then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<ScreenAsk>,
}

/// A question to a passkey.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScreenAsk {
    /// Given back with the answer.
    pub ask: String,
    /// For `navigator.credentials.get`, binary fields in base64url.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// The holder's yes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowScreen {
    /// 201 digits of the challenge.
    pub challenge: String,
    /// 495 digits of the T1c that answers it.
    pub digits: String,
    /// As it was given.
    pub ask: String,
    /// What the passkey said, as JSON in a string.
    pub answer: String,
    /// They were asked once more, where `near` is `unsure`.
    #[serde(default)]
    pub sure: bool,
}

/// Whether the screen is let in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScreenAllowed {
    /// It is, within a few seconds.
    pub allowed: bool,
    /// Why not: the reason of the code's verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonWord>)]
    pub reason: Option<String>,
    /// What to say.
    pub title: Words,
    /// What to do next.
    pub advice: Words,
}
