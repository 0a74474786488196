//! Why an app did not get what it asked for: a word of the protocol, or something that broke on our side.
//! It does not know status codes.

use crate::error::DeedError;
use std::fmt;
use yima_kernel::access::Refusal;
use yima_oidc::error::{Code, OauthError};
use yima_store::StoreError;

/// What a request of an app ended in, when it did not get what it asked for.
#[derive(Clone, Debug)]
pub enum AppError {
    /// The protocol's own answer.
    Oauth(OauthError),
    /// The house's.
    Deed(DeedError),
}

impl AppError {
    /// As the protocol says it: what broke on our side has two words (RFC 6749 section 4.1.2.1).
    #[must_use]
    pub fn oauth(&self) -> OauthError {
        match self {
            Self::Oauth(error) => error.clone(),
            Self::Deed(DeedError::Busy | DeedError::Full | DeedError::TooMany { .. }) => {
                OauthError::new(Code::TemporarilyUnavailable, "try again shortly")
            }
            Self::Deed(DeedError::Refused(Refusal::SubjectNotActive | Refusal::ActorEnded)) => {
                OauthError::new(Code::InvalidGrant, "the person or the sign-in behind it has ended")
            }
            Self::Deed(DeedError::Refused(Refusal::StepUp)) => {
                OauthError::new(Code::InsufficientUserAuthentication, "a fresh and stronger sign-in is needed")
            }
            Self::Deed(DeedError::Refused(_)) => OauthError::new(Code::AccessDenied, "this is not allowed"),
            Self::Deed(_) => OauthError::new(Code::ServerError, "something broke here; the log knows more"),
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oauth(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AppError {}

impl From<OauthError> for AppError {
    fn from(error: OauthError) -> Self {
        Self::Oauth(error)
    }
}

impl From<DeedError> for AppError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// A word of the protocol with its sentence.
pub(crate) const fn refused(code: Code, description: &'static str) -> AppError {
    AppError::Oauth(OauthError::new(code, description))
}
