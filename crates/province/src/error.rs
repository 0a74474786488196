//! Why a deed was not done, in domain words and in both languages. It does not know status codes.

use std::fmt;
use yima_kernel::access::Refusal;
use yima_store::StoreError;

/// A sentence in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Both sentences.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Why a deed was not done. The server turns each into a status; nothing was changed.
#[derive(Clone, Debug)]
pub enum DeedError {
    /// The decision was no; it is recorded.
    Refused(Refusal),
    /// There is no such thing, or it is not for this caller to see.
    NotFound(&'static str),
    /// The input is wrong: which field, why, what to do.
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// The sentence.
        why: Text,
    },
    /// A limit is reached; try again later.
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
        /// The sentence.
        why: Text,
    },
    /// One calm answer for whoever could not be signed in or enrolled.
    SignIn,
    /// The resident does not hold what a code was to disclose.
    NotHeld(Text),
    /// Too few share what a code was to disclose.
    TooFewHolders(Text),
    /// It does not fit what stands now.
    Conflict(Text),
    /// Overloaded; try again.
    Busy,
    /// The disk is full.
    Full,
    /// Something broke on our side; the words are for the log.
    Internal(String),
}

impl DeedError {
    /// A wrong field.
    pub fn invalid(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Invalid { field, why: Text::new(zh, en) }
    }

    /// Something that cannot be unless a room below broke its word.
    pub fn internal(why: impl fmt::Display) -> Self {
        Self::Internal(why.to_string())
    }
}

impl fmt::Display for DeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused: {}", refusal.as_str()),
            Self::NotFound(what) => write!(f, "no such {what}"),
            Self::Invalid { field, why } => write!(f, "{field}: {}", why.en),
            Self::TooMany { retry_after_s, why } => write!(f, "{} (try again in {retry_after_s} s)", why.en),
            Self::SignIn => f.write_str("that could not be verified"),
            Self::NotHeld(why) | Self::TooFewHolders(why) | Self::Conflict(why) => f.write_str(&why.en),
            Self::Busy => f.write_str("the province is busy; try again shortly"),
            Self::Full => f.write_str("the disk is full; free some room and try again"),
            Self::Internal(why) => write!(f, "something broke: {why}"),
        }
    }
}

impl std::error::Error for DeedError {}

impl From<StoreError> for DeedError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Crossed => Self::Busy,
            StoreError::Full => Self::Full,
            StoreError::Conflict => Self::Conflict(Text::new("已有同样的一条", "There is one like it already")),
            other => Self::Internal(other.to_string()),
        }
    }
}
