//! The urgent part's bytes: Rice-coded 48-bit values under each day.
//! The head vouches for them; what they mean is [`crate::urgent`]'s.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use super::kids::ENTRIES_MAX;
use super::lists::read_set;
use crate::rice::{self, Bounds};
use crate::urgent::{UNIVERSE, URGENT_DAYS_MAX, URGENT_MAX, UrgentList};

/// The urgent list as of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Urgent {
    /// Unix seconds: what was withdrawn before is in it.
    pub as_of: u32,
    /// Withdrawn kids, strictly rising: every code under them is refused.
    pub kids: Vec<[u8; 4]>,
    /// The values.
    pub list: UrgentList,
}

impl Urgent {
    /// The part's bytes.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] for too many days.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let days: Vec<(u16, &[u64])> = self.list.days().collect();
        let mut part = Writer::default();
        part.u32(self.as_of);
        write_kids(&mut part, &self.kids)?;
        part.count8(at_most(days.len(), URGENT_DAYS_MAX)?)?;
        for (day, values) in days {
            let coded = rice::encode(values).map_err(|_| BundleError::Malformed)?;
            part.u16(day).bytes(&coded);
        }
        Ok(part.0)
    }

    /// Reads a part; the head vouches for its bytes, this does not.
    ///
    /// # Errors
    /// [`BundleError::Malformed`].
    pub fn parse(part: &[u8]) -> Result<Urgent, BundleError> {
        let mut reader = Reader::new(part);
        let as_of = reader.u32()?;
        let kids = read_kids(&mut reader)?;
        let count = at_most(usize::from(reader.u8()?), URGENT_DAYS_MAX)?;
        let mut left = URGENT_MAX;
        let days = reader.list(count, |reader| {
            let day = reader.u16()?;
            let values = read_set(reader, Bounds { count_max: left, universe: UNIVERSE })?;
            left -= u32::try_from(values.len()).map_err(|_| BundleError::Malformed)?;
            Ok((day, values))
        })?;
        reader.end()?;
        if days.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(BundleError::Malformed);
        }
        Ok(Urgent { as_of, kids, list: UrgentList::from_days(days) })
    }
}

pub(super) fn write_kids(writer: &mut Writer, kids: &[[u8; 4]]) -> Result<(), BundleError> {
    writer.count16(at_most(kids.len(), ENTRIES_MAX)?)?;
    kids.iter().for_each(|kid| {
        writer.bytes(kid);
    });
    Ok(())
}

pub(super) fn read_kids(reader: &mut Reader<'_>) -> Result<Vec<[u8; 4]>, BundleError> {
    let count = at_most(usize::from(reader.u16()?), ENTRIES_MAX)?;
    let kids = reader.list(count, Reader::array)?;
    let rising = kids.windows(2).all(|pair| pair[0] < pair[1]);
    if rising { Ok(kids) } else { Err(BundleError::Malformed) }
}
