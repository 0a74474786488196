//! The head: which parts belong together, how new they are, and until when they may be used.
//! It does not know what stands in a part, only its size and SHA-256.

use super::bytes::{Reader, Writer};
use super::error::BundleError;
use yima_keys::sha256;

/// Bytes of a head body.
pub const HEAD_LEN: usize = 196;
pub(super) const DOMAIN: &[u8] = b"yima.bundle.head.v1\0";

/// The five parts, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The chain of roots.
    Root = 0,
    /// Kid entries.
    Keys = 1,
    /// Scenario rules and sites.
    Manifests = 2,
    /// Status lists.
    Lists = 3,
    /// Withdrawn T1 ids.
    Urgent = 4,
}

impl Part {
    /// In the order of the file.
    pub const ALL: [Part; 5] = [Part::Root, Part::Keys, Part::Manifests, Part::Lists, Part::Urgent];

    /// The most bytes of this part, so that a gate with little memory can say no early.
    #[must_use]
    pub const fn size_max(self) -> usize {
        match self {
            Part::Root => 64 << 10,
            Part::Keys => 1 << 20,
            Part::Manifests => 8 << 20,
            Part::Lists => 32 << 20,
            Part::Urgent => 8 << 20,
        }
    }
}

/// A part's size in bytes and SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartDigest {
    /// Bytes.
    pub size: u32,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

impl PartDigest {
    /// The digest of a part's bytes.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`] above 2^32 - 1 bytes.
    pub fn of(part: &[u8]) -> Result<PartDigest, BundleError> {
        let size = u32::try_from(part.len()).map_err(|_| BundleError::TooLarge)?;
        Ok(PartDigest { size, sha256: sha256(&[part]) })
    }
}

/// What the lists+time role signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Rises with every edition of one signer in one epoch.
    pub version: u32,
    /// As the root says.
    pub epoch: u32,
    /// Unix seconds when it was signed.
    pub time: u32,
    /// Unix seconds after which it is refused.
    pub expires_at: u32,
    /// In the order of [`Part::ALL`].
    pub parts: [PartDigest; 5],
}

impl Head {
    /// The body's bytes, to be signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.u32(self.version).u32(self.epoch).u32(self.time).u32(self.expires_at);
        for part in &self.parts {
            body.u32(part.size).bytes(&part.sha256);
        }
        body.0
    }

    /// What lists+time signs.
    #[must_use]
    pub fn signing_input(&self) -> Vec<u8> {
        [DOMAIN, &self.to_bytes()].concat()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Head, BundleError> {
        let (version, epoch) = (reader.u32()?, reader.u32()?);
        let (time, expires_at) = (reader.u32()?, reader.u32()?);
        let mut parts = [PartDigest { size: 0, sha256: [0; 32] }; 5];
        for part in &mut parts {
            *part = PartDigest { size: reader.u32()?, sha256: reader.array()? };
        }
        if version == 0 || epoch == 0 || time > expires_at {
            return Err(BundleError::Malformed);
        }
        Ok(Head { version, epoch, time, expires_at, parts })
    }
}
