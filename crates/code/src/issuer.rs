//! Issuers' key entries, as the checker looks them up by a code's key id.
//! It does not know how entries are introduced or signed for; the bundle does.

use crate::day::Window;
use std::sync::Arc;
use yima_keys::KnownKey;

/// The four bytes that stand for an issuer's certificate.
pub type Kid = [u8; 4];

/// One issuing key, with what it may vouch for.
#[derive(Clone, Debug)]
pub struct IssuerEntry {
    /// Its id in codes.
    pub kid: Kid,
    /// The key; clones share its table.
    pub key: Arc<KnownKey>,
    /// The one kind of code that it signs.
    pub key_use: KeyUse,
    /// Flag bits that it may set.
    pub flags_mask: u16,
    /// The issuing region: GB/T 2260, six digits.
    pub region: u32,
    /// When its codes are taken. A T1 entry opens at its day's 03:00.
    pub window: Window,
    /// The entry was withdrawn with all its codes.
    pub withdrawn: bool,
}

/// The one kind of code that a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyUse {
    /// T1 and T1c, of one day.
    T1 = 1,
    /// T2.
    T2 = 2,
}

/// Where a checker finds key entries.
pub trait Issuers {
    /// The entry with this id, withdrawn ones included.
    fn issuer(&self, kid: Kid) -> Option<&IssuerEntry>;
}

impl Issuers for [IssuerEntry] {
    fn issuer(&self, kid: Kid) -> Option<&IssuerEntry> {
        self.iter().find(|entry| entry.kid == kid)
    }
}

impl Issuers for Vec<IssuerEntry> {
    fn issuer(&self, kid: Kid) -> Option<&IssuerEntry> {
        self.as_slice().issuer(kid)
    }
}

/// What a checker knows of codes that were taken back.
pub trait Withdrawn {
    /// Whether a T1's id is on the urgent list: its first 48 bits are.
    fn token(&self, id: &[u8; 16]) -> bool;

    /// How a paper code stands.
    fn card(&self, list: u16, index: u32) -> CardStanding;
}

/// How a paper code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardStanding {
    /// Its list is here, and does not name it.
    Good {
        /// When the list was made, Unix seconds.
        list_at: u32,
    },
    /// Its list names it.
    Revoked,
    /// Its list is not here, or the index is beyond it.
    Unknown,
}

/// Nothing was taken back, and no status list is here: for tests, and for T1 before a first list.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingWithdrawn;

impl Withdrawn for NothingWithdrawn {
    fn token(&self, _id: &[u8; 16]) -> bool {
        false
    }
    fn card(&self, _list: u16, _index: u32) -> CardStanding {
        CardStanding::Unknown
    }
}
