//! The registry of typed ids: a prefix that names the noun, then 26 characters in time order (Crockford base 32).
//! It does not draw randomness: a maker hands in the milliseconds and ten random bytes.

use serde::{Deserialize, Serialize};
use std::fmt;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text is not an id of the expected noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that was expected.
    pub expected: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id that begins with {}_ and has 26 characters after it", self.expected)
    }
}

impl std::error::Error for NotAnId {}

fn encode(prefix: &str, unix_ms: u64, random: [u8; 10]) -> String {
    let mut bytes = [0u8; 16];
    bytes[..6].copy_from_slice(&unix_ms.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random);
    let mut rest = u128::from_be_bytes(bytes);
    let mut body = [0u8; 26];
    for slot in body.iter_mut().rev() {
        *slot = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    text.extend(body.iter().map(|b| char::from(*b)));
    text
}

fn valid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|body| body.len() == 26 && body.bytes().all(|b| ALPHABET.contains(&b)))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The prefix of this noun.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from Unix milliseconds and ten random bytes.
            #[must_use]
            pub fn new(unix_ms: u64, random: [u8; 10]) -> Self {
                Self(encode($prefix, unix_ms, random))
            }

            /// Parses text; anything but the exact form is refused.
            ///
            /// # Errors
            /// [`NotAnId`] when the prefix, the length or the alphabet differ.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if valid($prefix, text) { Ok(Self(text.to_owned())) } else { Err(NotAnId { expected: $prefix }) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )+};
}

ids! {
    /// A resident's account (居民账户).
    AccountId = "res",
    /// A device of a resident.
    DeviceId = "dev",
    /// A gate or a checker's page.
    GateId = "gat",
    /// An operator.
    OperatorId = "opr",
    /// A use: one thing done or refused.
    UseId = "use",
    /// A paper card or one code of a sheet.
    CardId = "crd",
    /// A one-time-password challenge.
    ChallengeId = "enr",
    /// A confirmation that a checker waits for.
    ConfirmationId = "cfm",
    /// A consent.
    ConsentId = "cns",
    /// An office's own card, tied to a resident.
    BindingId = "bnd",
    /// A way to sign in: a passkey, a password, a second factor.
    AuthenticatorId = "aut",
    /// A signed-in browser.
    SessionId = "ses",
    /// An app of an organisation: an OAuth client (应用).
    ClientId = "app",
    /// What a person allowed an app.
    GrantId = "grn",
    /// The refresh tokens that came of one sign-in at an app.
    FamilyId = "fam",
    /// A mandate: one person may act for another, or for an organisation (授权关系).
    EdgeId = "edg",
    /// An enterprise or a department.
    OrganisationId = "org",
    /// A visit at a counter, during which an officer helps.
    VisitId = "vis",
    /// A person's request under their rights (个人信息权利).
    RequestId = "rgt",
    /// A recovery of an account.
    RecoveryId = "rcv",
    /// What somebody filed for an enterprise.
    FilingId = "fil",
    /// What somebody is in an organisation, as a lease (职务).
    PostId = "pst",
    /// What a personnel system signs in with (人事系统的接口令牌).
    FeedId = "fee",
    /// Who is told of what a helper does (信任的人).
    TrustedId = "tru",
    /// A search of the uses of one person (按人检索).
    AuditSearchId = "aud",
    /// A sign-in that is kept on a device (保持登录).
    KeptKeyId = "kpt",
    /// A change of telephone number that waits (换号).
    NumberChangeId = "num",
    /// A deed over keys that takes two persons.
    KeyDeedId = "kdd",
    /// A proposed end of an operator's post.
    OperatorEndId = "oen",
    /// An order that delays what a person sees of a search.
    AuditDelayId = "dly",
    /// Which resident an operator is: a proposal.
    OperatorNameId = "onm",
    /// A registered key, or a registration without one.
    RegisteredKeyId = "rky",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_parse_back() {
        let older = UseId::new(1_700_000_000_000, [255; 10]);
        let newer = UseId::new(1_700_000_000_001, [0; 10]);
        assert!(older < newer);
        assert_eq!(UseId::parse(older.as_str()), Ok(older.clone()));
        assert!(DeviceId::parse(older.as_str()).is_err());
        for bad in ["", "use_", "use_0", "use_0123456789abcdefghjkmnpqrU", "dev_01234567890123456789012345"] {
            assert!(UseId::parse(bad).is_err(), "{bad}");
        }
    }
}
