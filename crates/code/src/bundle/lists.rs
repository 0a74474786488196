//! The lists part: which indices of each paper-code list are revoked, and as of when.
//! The head vouches for its bytes; it does not know what an index belongs to.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use crate::rice::{self, Bounds};

/// The most lists in one bundle.
pub const LISTS_MAX: usize = 256;
/// An index has 24 bits in a T2.
pub const LIST_SIZE_MAX: u32 = 1 << 24;
/// The most revoked indices over all lists.
pub const REVOKED_MAX: u32 = 4 << 20;

/// One status list: `size` indices, of which some are revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// The list's number, as in a T2.
    pub list: u16,
    /// Indices below this are assigned or may be; at and above it nothing is known.
    pub size: u32,
    /// Revoked indices, strictly rising.
    pub revoked: Vec<u64>,
}

/// Every status list, as of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Unix seconds: what was revoked before is in it.
    pub as_of: u32,
    /// Strictly rising by number.
    pub lists: Vec<RevocationList>,
}

/// What a bundle knows of a T2's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not revoked as of the lists' time.
    Good,
    /// Revoked.
    Revoked,
    /// The list is missing, or shorter than the index.
    Unknown,
}

impl Lists {
    /// The standing of `index` in `list`.
    #[must_use]
    pub fn standing(&self, list: u16, index: u32) -> Standing {
        let Ok(at) = self.lists.binary_search_by_key(&list, |one| one.list) else {
            return Standing::Unknown;
        };
        match &self.lists[at] {
            one if index >= one.size => Standing::Unknown,
            one if one.revoked.binary_search(&u64::from(index)).is_ok() => Standing::Revoked,
            _ => Standing::Good,
        }
    }

    /// The part's bytes.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] for lists out of order or bounds.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let mut part = Writer::default();
        part.u32(self.as_of).count16(at_most(self.lists.len(), LISTS_MAX)?)?;
        for one in &self.lists {
            let coded = rice::encode(&one.revoked).map_err(|_| BundleError::Malformed)?;
            part.u16(one.list).u32(one.size).bytes(&coded);
        }
        Ok(part.0)
    }

    /// Reads a part; the head vouches for its bytes, this does not.
    ///
    /// # Errors
    /// [`BundleError::Malformed`].
    pub fn parse(part: &[u8]) -> Result<Lists, BundleError> {
        let mut reader = Reader::new(part);
        let as_of = reader.u32()?;
        let count = at_most(usize::from(reader.u16()?), LISTS_MAX)?;
        let mut left = REVOKED_MAX;
        let lists = reader.list(count, |reader| {
            let (list, size) = (reader.u16()?, reader.u32()?);
            if size > LIST_SIZE_MAX {
                return Err(BundleError::Malformed);
            }
            let bounds = Bounds { count_max: left, universe: u64::from(size) };
            let revoked = read_set(reader, bounds)?;
            left -= u32::try_from(revoked.len()).map_err(|_| BundleError::Malformed)?;
            Ok(RevocationList { list, size, revoked })
        })?;
        reader.end()?;
        let rising = lists.windows(2).all(|pair| pair[0].list < pair[1].list);
        if rising { Ok(Lists { as_of, lists }) } else { Err(BundleError::Malformed) }
    }
}

/// One Rice-coded set where the reader stands.
pub(super) fn read_set(reader: &mut Reader<'_>, bounds: Bounds) -> Result<Vec<u64>, BundleError> {
    let (values, taken) = rice::decode_prefix(reader.rest(), bounds).map_err(|_| BundleError::Malformed)?;
    reader.bytes(taken)?;
    Ok(values)
}
