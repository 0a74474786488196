//! The keys part: which issuer keys exist, what each may sign, and when.
//! It alone introduces an issuer; it does not know tokens.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use super::signer::key_order;
use crate::day::{Day, Window};
use crate::issuer::{IssuerEntry, KeyUse};
use std::sync::Arc;
use yima_keys::{KnownKey, PublicKey};

/// The most kid entries: 35 days of three suites and more than one platform need a few hundred.
pub const ENTRIES_MAX: usize = 4096;
const ISSUERS_MAX: usize = 255;
/// The longest life of a T1 kid, seconds: 37 h from issue to end.
const T1_LIFE_MAX_S: u32 = 37 * 3600;
pub(super) const DOMAIN: &[u8] = b"yima.bundle.keys.v1\0";

/// What a key may sign; a key serves one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KidUse {
    /// T1 and T1c of one day.
    T1 = 1,
    /// T2, paper.
    T2 = 2,
    /// Status list tokens (JWT and CWT).
    StatusToken = 3,
}

impl KidUse {
    fn from_number(number: u8) -> Option<KidUse> {
        [KidUse::T1, KidUse::T2, KidUse::StatusToken].into_iter().find(|one| *one as u8 == number)
    }
}

/// Who stands behind keys, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// GB/T 2260, six digits as a number; 0 the whole country.
    pub region: u32,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
}

/// One issuer key as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KidEntry {
    /// Assigned by the platform, not derived from the key.
    pub kid: [u8; 4],
    /// The public key with its suite.
    pub key: PublicKey,
    /// What it signs.
    pub key_use: KidUse,
    /// The flags that a token under this kid may carry.
    pub flags_mask: u16,
    /// Index into the issuers.
    pub issuer: u8,
    /// The day of its tokens; day 0 unless the use is T1.
    pub day: Day,
    /// When its tokens hold.
    pub window: Window,
}

/// The keys part before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysBody {
    /// Rises with every edition.
    pub version: u32,
    /// Unix seconds when it was made.
    pub made_at: u32,
    /// Unix seconds beyond which no head may live.
    pub expires_at: u32,
    /// Who stands behind the keys.
    pub issuers: Vec<Issuer>,
    /// Strictly rising by kid.
    pub entries: Vec<KidEntry>,
}

impl KeysBody {
    /// The body's bytes, to be signed.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] if a list or text is too long.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut body = Writer::default();
        body.u32(self.version).u32(self.made_at).u32(self.expires_at);
        body.count8(self.issuers.len())?;
        for issuer in &self.issuers {
            body.u32(issuer.region).text(&issuer.name_zh)?.text(&issuer.name_en)?;
        }
        body.count16(at_most(self.entries.len(), ENTRIES_MAX)?)?;
        for entry in &self.entries {
            body.bytes(&entry.kid).key(&entry.key).u8(entry.key_use as u8);
            body.u16(entry.flags_mask).u8(entry.issuer).u16(entry.day.0);
            body.u32(entry.window.from).u32(entry.window.until);
        }
        Ok(body.0)
    }

    /// What the keys role signs.
    #[must_use]
    pub fn signing_input(body: &[u8]) -> Vec<u8> {
        [DOMAIN, body].concat()
    }

    /// Reads a body, as its signers should before they sign; it proves nothing about who made it. That kids rise and
    /// keys differ is looked at when a bundle is opened.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] or [`BundleError::BadKey`].
    pub fn parse(body: &[u8]) -> Result<KeysBody, BundleError> {
        let mut reader = Reader::new(body);
        let (version, made_at, expires_at) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let issuer_count = at_most(usize::from(reader.u8()?), ISSUERS_MAX)?;
        let issuers = reader.list(issuer_count, read_issuer)?;
        let entry_count = at_most(usize::from(reader.u16()?), ENTRIES_MAX)?;
        let entries = reader.list(entry_count, read_entry)?;
        reader.end()?;
        let issuers_known = entries.iter().all(|entry| usize::from(entry.issuer) < issuers.len());
        if version == 0 || !issuers_known {
            return Err(BundleError::Malformed);
        }
        Ok(KeysBody { version, made_at, expires_at, issuers, entries })
    }

    /// The entries that vouch for codes, as a checker looks them up; rising by kid.
    pub(super) fn issuer_entries(&self, withdrawn: &[[u8; 4]]) -> Vec<IssuerEntry> {
        let codes = self.entries.iter().filter_map(|entry| Some((entry, entry.key_use.of_codes()?)));
        let known = codes.map(|(entry, key_use)| IssuerEntry {
            kid: entry.kid,
            key: Arc::new(KnownKey::new(entry.key.clone())),
            key_use,
            flags_mask: entry.flags_mask,
            region: self.issuers.get(usize::from(entry.issuer)).map_or(0, |issuer| issuer.region),
            window: entry.window,
            withdrawn: withdrawn.binary_search(&entry.kid).is_ok(),
        });
        known.collect()
    }

    /// Kids rise strictly; no key stands twice, or among `root_keys`.
    pub(super) fn expect_distinct<'a>(
        &'a self,
        root_keys: impl Iterator<Item = &'a PublicKey>,
    ) -> Result<(), BundleError> {
        for pair in self.entries.windows(2) {
            match pair[0].kid.cmp(&pair[1].kid) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(BundleError::DuplicateKid),
                std::cmp::Ordering::Greater => return Err(BundleError::Malformed),
            }
        }
        let own = self.entries.iter().map(|entry| &entry.key);
        let mut all: Vec<_> = own.chain(root_keys).map(key_order).collect();
        all.sort_unstable();
        if all.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(BundleError::KeyReused);
        }
        Ok(())
    }
}

impl KidUse {
    /// The kind of code that the key signs, if it signs codes.
    #[must_use]
    pub fn of_codes(self) -> Option<KeyUse> {
        match self {
            KidUse::T1 => Some(KeyUse::T1),
            KidUse::T2 => Some(KeyUse::T2),
            KidUse::StatusToken => None,
        }
    }
}

fn read_issuer(reader: &mut Reader<'_>) -> Result<Issuer, BundleError> {
    Ok(Issuer { region: reader.u32()?, name_zh: reader.text()?, name_en: reader.text()? })
}

fn read_entry(reader: &mut Reader<'_>) -> Result<KidEntry, BundleError> {
    let entry = KidEntry {
        kid: reader.array()?,
        key: reader.key()?,
        key_use: KidUse::from_number(reader.u8()?).ok_or(BundleError::Malformed)?,
        flags_mask: reader.u16()?,
        issuer: reader.u8()?,
        day: Day(reader.u16()?),
        window: Window { from: reader.u32()?, until: reader.u32()? },
    };
    let Window { from, until } = entry.window;
    let life_s = until.checked_sub(from).filter(|life_s| *life_s > 0);
    let life_s = life_s.ok_or(BundleError::Malformed)?;
    let fits = match entry.key_use {
        KidUse::T1 => entry.day > Day(0) && life_s <= T1_LIFE_MAX_S,
        KidUse::T2 | KidUse::StatusToken => entry.day == Day(0),
    };
    if fits { Ok(entry) } else { Err(BundleError::Malformed) }
}
