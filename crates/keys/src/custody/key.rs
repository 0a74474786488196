//! What is known about a key without knowing its secret: name, one use, suite, state, public half.
//! It does not know where the secret is kept.

use crate::{CryptoRng, Suite};
use std::fmt;

/// The name of a key in a custody: `key_` and 26 characters of Crockford base 32 (48 bits of time, 80 of chance).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef(String);

impl KeyRef {
    /// A fresh name; `at` is in Unix seconds, so that names sort by age.
    pub fn fresh(at: i64, rng: &mut dyn CryptoRng) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut octets = [0u8; 16];
        rng.fill_bytes(&mut octets);
        let millis = u64::try_from(at).unwrap_or(0).saturating_mul(1000);
        octets[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        let value = u128::from_be_bytes(octets);
        let digits = (0..26).rev().map(|i| {
            let digit = (value >> (5 * i)) & 31;
            char::from(ALPHABET[digit as usize])
        });
        Self("key_".chars().chain(digits).collect())
    }

    /// Reads a name back; `None` if it is not of the form that [`KeyRef::fresh`] makes.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("key_")?;
        let fits = rest.len() == 26 && rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one thing that a key may sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyUse {
    /// Names the other roles of the bundle.
    Root,
    /// Introduces issuer keys into the bundle.
    Keys,
    /// Signs scenario manifests.
    Manifests,
    /// Signs bundle heads, lists and time: the only role that is online.
    ListsTime,
    /// Signs the IETF Token Status List beside the bundle.
    StatusList,
    /// Signs T1 issuer parts, when the issuing key is not a daily one.
    TokenIssuer,
    /// Signs T2, the paper form.
    PaperIssuer,
    /// Signs ledger checkpoints.
    Ledger,
}

impl KeyUse {
    /// Every use, in the order of the enum.
    pub const ALL: [Self; 8] = [
        Self::Root,
        Self::Keys,
        Self::Manifests,
        Self::ListsTime,
        Self::StatusList,
        Self::TokenIssuer,
        Self::PaperIssuer,
        Self::Ledger,
    ];

    /// The word that files, pages and the command line use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Keys => "keys",
            Self::Manifests => "manifests",
            Self::ListsTime => "lists-time",
            Self::StatusList => "status-list",
            Self::TokenIssuer => "token-issuer",
            Self::PaperIssuer => "paper-issuer",
            Self::Ledger => "ledger",
        }
    }

    /// Reads the word back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.as_str() == text)
    }
}

/// Where a key is in its life. It moves forwards only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyState {
    /// Made, and may be announced (the bundle names issuers 35 days ahead), but signs nothing yet.
    Assigned,
    /// Signs.
    Active,
    /// Signs nothing more; what it signed still checks, so it stays in bundles until that has expired.
    Retired,
    /// The secret is erased; the public half is kept for the record.
    Destroyed,
}

impl KeyState {
    /// Every state, in the order of a key's life.
    pub const ALL: [Self; 4] = [Self::Assigned, Self::Active, Self::Retired, Self::Destroyed];

    /// The word that files, pages and the command line use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Destroyed => "destroyed",
        }
    }

    /// Reads the word back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What a custody tells about one of its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyInfo {
    /// Its name.
    pub key: KeyRef,
    /// The one thing it signs.
    pub used_for: KeyUse,
    /// The signature suite.
    pub suite: Suite,
    /// Where it is in its life.
    pub state: KeyState,
    /// 02/03 and x for the two curves; 00 and the 32 octets of the key for Ed25519.
    pub public: [u8; 33],
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds of the last change of state.
    pub changed_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        assert!(KeyUse::ALL.iter().all(|u| KeyUse::parse(u.as_str()) == Some(*u)));
        assert!(KeyState::ALL.iter().all(|s| KeyState::parse(s.as_str()) == Some(*s)));
        assert_eq!((KeyUse::parse("Root"), KeyState::parse("")), (None, None));
    }

    #[test]
    fn names_sort_by_age_and_are_parsed_strictly() {
        let mut rng = crate::custody::tests::rng(1);
        let (old, new) = (KeyRef::fresh(1_700_000_000, &mut rng), KeyRef::fresh(1_700_000_001, &mut rng));
        assert!(old < new);
        assert_eq!(KeyRef::parse(old.as_str()), Some(old.clone()));
        for bad in ["", "key_", "dev_01hf7yat00aaaaaaaaaaaaaaaa", &old.as_str()[..29], "key_01HF7YAT00AAAAAAAAAAAAAAAA"]
        {
            assert_eq!(KeyRef::parse(bad), None, "{bad}");
        }
    }
}
