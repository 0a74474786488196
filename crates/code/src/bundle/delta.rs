//! Deltas: from a bundle that a gate holds to a newer one, part by part, and for the sets only what changed.
//! A delta is not trusted: its result is hashed, must be the promised file, and is then opened like any.

use super::bytes::{Reader, Writer, at_most};
use super::error::BundleError;
use super::head::{Head, Part};
use super::lists::{LIST_SIZE_MAX, LISTS_MAX, Lists, REVOKED_MAX, read_set};
use super::opening::{MAGIC, SealedFile};
use super::signer::{read_signatures, write_signatures};
use super::urgent_part::{Urgent, read_kids, write_kids};
use crate::rice::{self, Bounds, best_k, encode_with};
use crate::urgent::{UNIVERSE, URGENT_DAYS_MAX, URGENT_MAX};
use std::collections::BTreeMap;
use yima_keys::sha256;

const MAGIC_DELTA: &[u8; 4] = b"YMD1";
const SAME: u8 = 0;
const WHOLE: u8 = 1;
const SETS: u8 = 2;

/// The delta that leads from one bundle file to another.
///
/// # Errors
/// [`BundleError`] if either file can't be cut into parts.
pub fn make_delta(from: &[u8], to: &[u8]) -> Result<Vec<u8>, BundleError> {
    let (old, new) = (SealedFile::split(from)?, SealedFile::split(to)?);
    let mut delta = Writer::default();
    delta.bytes(MAGIC_DELTA).bytes(&sha256(&[from])).bytes(&sha256(&[to]));
    delta.bytes(&new.head.to_bytes());
    write_signatures(&mut delta, &new.signatures)?;
    for part in Part::ALL {
        write_part(&mut delta, part, old.part(part), new.part(part));
    }
    Ok(delta.0)
}

/// The bundle file that `delta` makes of `from`.
///
/// # Errors
/// [`BundleError::DeltaFrom`] if it starts elsewhere, [`BundleError::DeltaResult`] if it ends elsewhere, or what
/// else is wrong with its bytes: fetch the whole file then.
pub fn apply_delta(from: &[u8], delta: &[u8]) -> Result<Vec<u8>, BundleError> {
    let mut reader = Reader::new(delta);
    if reader.array::<4>()? != *MAGIC_DELTA {
        return Err(BundleError::Malformed);
    }
    if reader.array::<32>()? != sha256(&[from]) {
        return Err(BundleError::DeltaFrom);
    }
    let to: [u8; 32] = reader.array()?;
    let old = SealedFile::split(from)?;
    let head = Head::read(&mut reader)?;
    let mut file = Writer::default();
    file.bytes(MAGIC).bytes(&head.to_bytes());
    write_signatures(&mut file, &read_signatures(&mut reader)?)?;
    for part in Part::ALL {
        let size = head.parts[part as usize].size as usize;
        if size > part.size_max() {
            return Err(BundleError::TooLarge);
        }
        read_part(&mut reader, &mut file, part, old.part(part), size)?;
    }
    reader.end()?;
    if sha256(&[&file.0]) == to { Ok(file.0) } else { Err(BundleError::DeltaResult) }
}

fn write_part(delta: &mut Writer, part: Part, old: &[u8], new: &[u8]) {
    if old == new {
        delta.u8(SAME);
        return;
    }
    // Parts that are no sets, or were not coded with their best width, travel whole.
    let sets = SetKind::of(part).and_then(|kind| exact_set_delta(kind, old, new));
    match sets {
        Some(sets) if sets.len() < new.len() => delta.u8(SETS).bytes(&sets),
        Some(_) | None => delta.u8(WHOLE).bytes(new),
    };
}

/// A set delta that is known to lead from `old` to `new`.
fn exact_set_delta(kind: SetKind, old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let sets = set_delta(kind, old, new).ok()?;
    let made = apply_sets(kind, old, &mut Reader::new(&sets)).ok()?;
    (made == new).then_some(sets)
}

fn read_part(
    reader: &mut Reader<'_>,
    file: &mut Writer,
    part: Part,
    old: &[u8],
    size: usize,
) -> Result<(), BundleError> {
    match (reader.u8()?, SetKind::of(part)) {
        (SAME, _) => file.bytes(old),
        (WHOLE, _) => file.bytes(reader.bytes(size)?),
        (SETS, Some(kind)) => file.bytes(&apply_sets(kind, old, reader)?),
        _ => return Err(BundleError::Malformed),
    };
    Ok(())
}

/// The two parts that are made of sets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SetKind {
    Lists,
    Urgent,
}

/// A part of sets, seen alike: a list number or a day, the list's size (0 for a day), the values.
struct Sets {
    as_of: u32,
    kids: Vec<[u8; 4]>,
    by_id: BTreeMap<u16, (u32, Vec<u64>)>,
}

impl SetKind {
    fn of(part: Part) -> Option<SetKind> {
        match part {
            Part::Lists => Some(SetKind::Lists),
            Part::Urgent => Some(SetKind::Urgent),
            Part::Root | Part::Keys | Part::Manifests => None,
        }
    }

    fn read(self, part: &[u8]) -> Result<Sets, BundleError> {
        match self {
            SetKind::Lists => {
                let Lists { as_of, lists } = Lists::parse(part)?;
                let by_id = lists.into_iter().map(|one| (one.list, (one.size, one.revoked)));
                Ok(Sets { as_of, kids: Vec::new(), by_id: by_id.collect() })
            }
            SetKind::Urgent => {
                let Urgent { as_of, kids, list } = Urgent::parse(part)?;
                let by_id = list.days().map(|(day, values)| (day, (0, values.to_vec())));
                Ok(Sets { as_of, kids, by_id: by_id.collect() })
            }
        }
    }

    fn count_max(self) -> usize {
        match self {
            SetKind::Lists => LISTS_MAX,
            SetKind::Urgent => URGENT_DAYS_MAX,
        }
    }

    fn bounds(self) -> Bounds {
        match self {
            SetKind::Lists => Bounds { count_max: REVOKED_MAX, universe: u64::from(LIST_SIZE_MAX) },
            SetKind::Urgent => Bounds { count_max: URGENT_MAX, universe: UNIVERSE },
        }
    }
}

fn set_delta(kind: SetKind, old: &[u8], new: &[u8]) -> Result<Vec<u8>, BundleError> {
    let (old, new) = (kind.read(old)?, kind.read(new)?);
    let mut delta = Writer::default();
    delta.u32(new.as_of);
    if kind == SetKind::Urgent {
        write_kids(&mut delta, &new.kids)?;
    }
    delta.count16(new.by_id.len())?;
    for (id, (size, values)) in &new.by_id {
        let before = old.by_id.get(id).map_or(&[][..], |(_, values)| values);
        let (gone, added) = (without(before, values), without(values, before));
        delta.u16(*id).u32(*size).u8(best_k(values));
        for set in [gone, added] {
            delta.bytes(&rice::encode(&set).map_err(|_| BundleError::Malformed)?);
        }
    }
    Ok(delta.0)
}

/// The part that a set delta makes, in the same bytes as the publisher's.
fn apply_sets(kind: SetKind, old: &[u8], reader: &mut Reader<'_>) -> Result<Vec<u8>, BundleError> {
    let mut old = kind.read(old)?;
    let mut part = Writer::default();
    part.u32(reader.u32()?);
    if kind == SetKind::Urgent {
        write_kids(&mut part, &read_kids(reader)?)?;
    }
    let count = at_most(usize::from(reader.u16()?), kind.count_max())?;
    match kind {
        SetKind::Lists => part.count16(count)?,
        SetKind::Urgent => part.count8(count)?,
    };
    for _ in 0..count {
        let (id, size, k) = (reader.u16()?, reader.u32()?, reader.u8()?);
        if kind == SetKind::Urgent && size != 0 {
            return Err(BundleError::Malformed);
        }
        let gone = read_set(reader, kind.bounds())?;
        let added = read_set(reader, kind.bounds())?;
        // Taken out of the old part, so that a repeated id finds nothing and memory stays bounded by old and delta.
        let (_, before) = old.by_id.remove(&id).unwrap_or_default();
        let values = changed(before, &gone, &added)?;
        part.u16(id);
        if kind == SetKind::Lists {
            part.u32(size);
        }
        part.bytes(&encode_bounded(&values, k, kind)?);
    }
    Ok(part.0)
}

/// Encodes with the width that the delta names, unless that would pass the part's bound.
fn encode_bounded(values: &[u64], k: u8, kind: SetKind) -> Result<Vec<u8>, BundleError> {
    let part = match kind {
        SetKind::Lists => Part::Lists,
        SetKind::Urgent => Part::Urgent,
    };
    if k > rice::K_MAX || rice::coded_len(values, k) > part.size_max() as u64 {
        return Err(BundleError::DeltaResult);
    }
    encode_with(values, k).map_err(|_| BundleError::DeltaResult)
}

/// The values of sorted `all` that are not in sorted `other`.
fn without(all: &[u64], other: &[u64]) -> Vec<u64> {
    all.iter().copied().filter(|value| other.binary_search(value).is_err()).collect()
}

fn changed(before: Vec<u64>, gone: &[u64], added: &[u64]) -> Result<Vec<u64>, BundleError> {
    let held = |value: &u64| before.binary_search(value).is_ok();
    if !gone.iter().all(held) || added.iter().any(held) {
        return Err(BundleError::DeltaResult);
    }
    let mut values = without(&before, gone);
    values.extend_from_slice(added);
    values.sort_unstable();
    Ok(values)
}
