//! Why an answer of a browser does not hold. The words are for the log: whoever signs in gets one calm answer for all.

use std::fmt;
use webauthn_rs_core::error::WebauthnError;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyError {
    /// The server's own address can't be a relying party: no `https` and no `localhost`, or an IP address.
    Origin,
    /// The answer is not in the form of Web Authentication.
    Form,
    /// A row of ours can't be read back.
    Kept,
    /// Another challenge, another site, another key, or a signature that does not fit.
    NotProven,
    /// The person was not verified by the device (no PIN, finger or face).
    NotVerified,
    /// Its counter went backwards: there may be a copy of the key.
    Copied,
}

impl PasskeyError {
    /// A word for the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Form => "form",
            Self::Kept => "kept",
            Self::NotProven => "not_proven",
            Self::NotVerified => "not_verified",
            Self::Copied => "copied",
        }
    }
}

impl fmt::Display for PasskeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Origin => "failed to be a relying party: name the address as https://host or http://localhost",
            Self::Form => "failed to read the browser's answer",
            Self::Kept => "failed to read a stored passkey or challenge",
            Self::NotProven => "failed to verify the passkey's answer",
            Self::NotVerified => "failed to see that the device verified its person",
            Self::Copied => "failed to trust the passkey: its counter went backwards",
        })
    }
}

impl std::error::Error for PasskeyError {}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::UserNotVerified => Self::NotVerified,
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            WebauthnError::ParseNOMFailure | WebauthnError::ParseInsufficientBytesAvailable => Self::Form,
            _ => Self::NotProven,
        }
    }
}
