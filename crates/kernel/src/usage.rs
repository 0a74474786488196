//! A use (使用记录): one row for each thing that was done or refused. It does not know where rows are kept.

use crate::deed::Deed;
use crate::id::{AccountId, UseId};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A code was valid.
    Valid,
    /// Refused, with a reason.
    Refused,
    /// Could not be checked.
    CouldNotCheck,
    /// Any other deed was done.
    Done,
}

impl Outcome {
    /// All, in the order of a list to choose from.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Refused, Self::CouldNotCheck, Self::Done];

    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Refused => "refused",
            Self::CouldNotCheck => "could_not_check",
            Self::Done => "done",
        }
    }
}

/// One use, as it is appended. INVARIANT: it never holds a name, an ID number or a phone number.
#[derive(Clone, Debug)]
pub struct Use {
    /// Its id, in time order.
    pub id: UseId,
    /// Unix microseconds.
    pub at_us: i64,
    /// What was done.
    pub deed: Deed,
    /// Whom it was about.
    pub account: Option<AccountId>,
    /// Kind of the actor (a column of the access matrix).
    pub actor_kind: &'static str,
    /// Id of the actor.
    pub actor: String,
    /// Scenario number.
    pub scenario: Option<u16>,
    /// Site number.
    pub site: Option<u32>,
    /// Form of the code.
    pub form: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused.
    pub reason: Option<&'static str>,
    /// Small facts as JSON, without personal data.
    pub detail: String,
    /// False when a gate recorded it offline.
    pub online: bool,
}
