//! The order in which an import writes what it read, so that no index is written all over for each batch.
//! It does not know the store.
//!
//! Two indexes of an account are keyed by hashes: of the ID number, and of the name. Rows go by sixteenths of the first, as much
//! as the database's cache holds of it at ten million residents, and within one in the order of the second (decision 0013).

use crate::error::DeedError;
use crate::import_rows::{Granted, Row};
use crate::import_spool::{At, RECORD_MAX, Spool, record_at, records_of};
use std::path::Path;
use yima_code::day::Day;
use yima_keys::passing::PassingKey;
use yima_keys::person::{IdNumber, PersonName, Phone};
use yima_keys::sealed::{BLIND_LEN, BLIND_NAME_BITS};
use zeroize::Zeroizing;

/// Marks the order in what is kept of a run: a section that was begun in another one begins anew. Raise it with the order.
pub(crate) const ORDER: &[u8] = b"yima.import.order.v1";
/// Parts of each index, a power of two: rows of one part of the ID numbers' and one part of the names' share a chain.
const PARTS: usize = 16;
const CHAINS: usize = PARTS * PARTS;
/// Octets that are sorted at once: several times what a chain of ten million residents has.
const PIECE: usize = 16 << 20;
/// ID numbers that are held at once to find those that stand twice: twice what a part of 16 million residents has.
const SEEN_MAX: usize = 2 << 20;
/// Octets of a region, GB/T 2260.
const REGION_LEN: usize = 6;
/// Octets of an ID number.
const ID_LEN: usize = 18;

/// A row, and the hashes by which it is found.
pub(crate) struct Hashed {
    pub row: Row,
    pub blind_id: [u8; BLIND_LEN],
    pub blind_name: u16,
}

/// What comes next in order.
#[derive(Default)]
pub(crate) struct Portion {
    pub rows: Vec<Hashed>,
    /// Rows left out, because an earlier one of the section has the same ID number.
    pub twice: u64,
}

/// Rows of a section of a file: put by one after the other, then handed out in order.
pub(crate) struct Section {
    spool: Spool,
    rows: u32,
    chain: usize,
    /// Where to go on in the chain; None when it was read to its end.
    at: Option<At>,
    piece: Zeroizing<Vec<u8>>,
    /// Where the records of the piece begin, the next one last.
    sorted: Vec<u32>,
    /// The part of the ID numbers' index for which `twice` holds.
    part: Option<usize>,
    /// Rows that stand behind another of their ID number, ascending.
    twice: Vec<u32>,
}

impl Section {
    /// An empty one; its sealed file lies in this directory, and the tag is by chance.
    pub(crate) fn new(dir: &Path, key: PassingKey, tag: u64) -> Self {
        Self {
            spool: Spool::new(dir, key, tag, CHAINS),
            rows: 0,
            chain: 0,
            at: Some(0),
            piece: Zeroizing::default(),
            sorted: Vec::new(),
            part: None,
            twice: Vec::new(),
        }
    }

    /// Puts the next row of the file by.
    ///
    /// # Errors
    /// When the disk doesn't take it.
    pub(crate) fn put(&mut self, hashed: &Hashed) -> Result<(), DeedError> {
        let by_id = (usize::from(hashed.blind_id[0]) * PARTS) >> u8::BITS;
        let by_name = (usize::from(hashed.blind_name) * PARTS) >> BLIND_NAME_BITS;
        let mut record = Zeroizing::new(Vec::with_capacity(RECORD_MAX));
        write(&mut record, hashed, self.rows);
        self.rows += 1;
        self.spool.put(by_id * PARTS + by_name.min(PARTS - 1), &record)
    }

    /// Passes over what an earlier run has done, in order.
    ///
    /// # Errors
    /// Those of [`Section::next`].
    pub(crate) fn skip(&mut self, mut rows: u64) -> Result<(), DeedError> {
        while rows > 0 && self.chain < CHAINS {
            let whole = self.spool.records(self.chain);
            if self.sorted.is_empty() && self.at == Some(0) && whole <= rows {
                rows -= whole;
                self.next_chain();
            } else if self.more()? {
                let done = self.sorted.len().min(usize::try_from(rows).unwrap_or(usize::MAX));
                self.sorted.truncate(self.sorted.len() - done);
                rows -= done as u64;
            }
        }
        Ok(())
    }

    /// The next so many rows, those that stand twice counted.
    ///
    /// # Errors
    /// When the disk doesn't give back what was put by.
    pub(crate) fn next(&mut self, many: usize) -> Result<Portion, DeedError> {
        let mut portion = Portion { rows: Vec::with_capacity(many.min(self.rows as usize)), twice: 0 };
        for _ in 0..many {
            if !self.more()? {
                break;
            }
            let start = self.sorted.pop().ok_or_else(broken)?;
            let mut record = record_at(&self.piece, start as usize).ok_or_else(broken)?;
            let key = Key::read(&mut record).ok_or_else(broken)?;
            if self.twice.binary_search(&key.row).is_ok() {
                portion.twice += 1;
            } else {
                portion.rows.push(read(&key, record).ok_or_else(broken)?);
            }
        }
        Ok(portion)
    }

    /// Whether a row is left; reads and sorts on when what was sorted is handed out.
    ///
    /// # Errors
    /// Those of [`Section::next`].
    pub(crate) fn more(&mut self) -> Result<bool, DeedError> {
        while self.sorted.is_empty() {
            let Some(at) = self.at else {
                self.next_chain();
                continue;
            };
            if self.chain == CHAINS {
                return Ok(false);
            }
            if self.part != Some(self.chain / PARTS) {
                self.find_twice(self.chain / PARTS)?;
            }
            self.at = self.spool.read(self.chain, at, PIECE, &mut self.piece)?;
            // INVARIANT: a piece is not much longer than PIECE, so a place in it fits 32 bits.
            self.sorted = records_of(&self.piece).map(|(start, _)| start as u32).collect();
            let piece = &self.piece;
            self.sorted.sort_unstable_by(|a, b| record_at(piece, *b as usize).cmp(&record_at(piece, *a as usize)));
        }
        Ok(true)
    }

    fn next_chain(&mut self) {
        self.chain += 1;
        self.at = Some(0);
    }

    /// Finds the rows of a part whose ID number stands in an earlier row.
    fn find_twice(&mut self, part: usize) -> Result<(), DeedError> {
        let (mut seen, mut twice) = (Vec::new(), Vec::new());
        for chain in part * PARTS..(part + 1) * PARTS {
            let mut at = Some(0);
            while let Some(from) = at {
                at = self.spool.read(chain, from, PIECE, &mut self.piece)?;
                for (_, mut record) in records_of(&self.piece) {
                    let key = Key::read(&mut record).ok_or_else(broken)?;
                    seen.push((key.blind_id, key.row));
                    if seen.len() == SEEN_MAX {
                        keep_first(&mut seen, &mut twice);
                    }
                }
            }
        }
        keep_first(&mut seen, &mut twice);
        twice.sort_unstable();
        self.twice = twice;
        self.part = Some(part);
        Ok(())
    }
}

/// Leaves the first row of each ID number, and tells the others.
fn keep_first(seen: &mut Vec<([u8; BLIND_LEN], u32)>, twice: &mut Vec<u32>) {
    seen.sort_unstable();
    seen.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            twice.push(later.1);
        }
        same
    });
}

fn broken() -> DeedError {
    DeedError::internal("a row that was put by is broken")
}

/// The head of a record, in the order in which rows are written: octets compare as the index of names does.
struct Key {
    blind_name: u16,
    region: [u8; REGION_LEN],
    blind_id: [u8; BLIND_LEN],
    row: u32,
}

impl Key {
    fn read(record: &mut &[u8]) -> Option<Self> {
        Some(Self {
            blind_name: u16::from_be_bytes(take(record)?),
            region: take(record)?,
            blind_id: take(record)?,
            row: u32::from_be_bytes(take(record)?),
        })
    }
}

/// `name's hash 2 · region 6 · ID number's hash 16 · row 4 · ID number 18 · length 1, telephone number · count 1, benefits of
/// (number 1, first day or -1 4, last day 2) · name`, numbers big-endian.
fn write(record: &mut Vec<u8>, hashed: &Hashed, row: u32) {
    let Hashed { row: of, blind_id, blind_name } = hashed;
    record.extend_from_slice(&blind_name.to_be_bytes());
    record.extend_from_slice(of.region.as_bytes());
    record.extend_from_slice(blind_id);
    record.extend_from_slice(&row.to_be_bytes());
    record.extend_from_slice(of.id_number.expose().as_bytes());
    let phone = of.phone.as_ref().map_or("", |phone| phone.expose());
    record.push(phone.len() as u8);
    record.extend_from_slice(phone.as_bytes());
    record.push(of.benefits.len() as u8);
    for one in &of.benefits {
        record.push(one.number);
        record.extend_from_slice(&one.from.map_or(-1, |day| i32::from(day.0)).to_be_bytes());
        record.extend_from_slice(&one.until.0.to_be_bytes());
    }
    record.extend_from_slice(of.name.expose().as_bytes());
}

/// Reads what [`write`] wrote behind its key.
fn read(key: &Key, mut record: &[u8]) -> Option<Hashed> {
    let id_number = IdNumber::parse(text(record.split_off(..ID_LEN)?)?).ok()?;
    let [length] = take(&mut record)?;
    let phone = record.split_off(..usize::from(length))?;
    let phone = if phone.is_empty() { None } else { Some(Phone::parse(text(phone)?).ok()?) };
    let [count] = take(&mut record)?;
    let mut benefits = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let [number] = take(&mut record)?;
        let from = u16::try_from(i32::from_be_bytes(take(&mut record)?)).ok().map(Day);
        benefits.push(Granted { number, from, until: Day(u16::from_be_bytes(take(&mut record)?)) });
    }
    let name = PersonName::parse(text(record)?).ok()?;
    let region = text(&key.region)?.to_owned();
    let row = Row { name, id_number, phone, region, benefits };
    Some(Hashed { row, blind_id: key.blind_id, blind_name: key.blind_name })
}

fn text(octets: &[u8]) -> Option<&str> {
    std::str::from_utf8(octets).ok()
}

fn take<const N: usize>(record: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = record.split_first_chunk()?;
    *record = rest;
    Some(*head)
}
