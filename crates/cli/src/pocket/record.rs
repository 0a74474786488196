//! Finding one's own sealed records: the codes that were shown give the tags, and the keys that open them.
//! The server learns a bucket of many records and not which of them was meant.

use super::store::{Pocket, bytes};
use crate::api::{Api, CallError, Caller};
use crate::failure::Failure;
use crate::machine::clock;
use serde::Serialize;
use std::collections::BTreeMap;
use yima_code::day::Day;
use yima_code::record::record_tag;
use yima_code::sealed_record::{RecordText, SealedRecord};
use yima_code::token::Presented;
use yima_wire::record::Bucket;

/// Hexadecimal digits of a tag that are told to the server.
const PREFIX_CHARS: usize = 2;
/// Records reach the platform up to so many days after a code was shown.
const DAYS_AFTER: u16 = 1;

/// A record that a gate sealed for this device.
#[derive(Serialize)]
pub struct Found {
    /// When the gate took the code, Unix seconds.
    pub at: i64,
    /// The scenario's number.
    pub scenario: u16,
    /// The site.
    pub site: u32,
}

/// Looks through the public buckets for records of the codes that were shown.
pub async fn find_sealed(pocket: &Pocket, api: &Api) -> Result<Vec<Found>, Failure> {
    let mut wanted: BTreeMap<(u16, String), Vec<Vec<u8>>> = BTreeMap::new();
    for shown in &pocket.shown {
        let Ok(presented) = Presented::from_digits(&shown.digits) else { continue };
        let octets = presented.to_bytes();
        let prefix = hex::encode(record_tag(&octets))[..PREFIX_CHARS].to_owned();
        let day = Day::of(clock::as_u32(shown.at)).0;
        for day in day..=day.saturating_add(DAYS_AFTER) {
            wanted.entry((day, prefix.clone())).or_default().push(octets.clone());
        }
    }
    let mut found = Vec::new();
    for ((day, prefix), codes) in wanted {
        let path = format!("/api/v1/record/buckets/{day}/{prefix}");
        let bucket: Bucket = match api.get(&path, &Caller::Stranger).await {
            Ok(bucket) => bucket,
            Err(CallError::Problem(problem)) if problem.status == 404 => continue,
            Err(error) => return Err(error.into()),
        };
        found.extend(bucket.records.iter().filter_map(|record| codes.iter().find_map(|code| open(record, code))));
    }
    found.sort_by_key(|one: &Found| one.at);
    Ok(found)
}

fn open(record: &yima_wire::gate::SealedRecord, code: &[u8]) -> Option<Found> {
    let tag: [u8; 16] = bytes(&record.tag, "a tag").ok()?;
    (tag == record_tag(code)).then_some(())?;
    let sealed =
        SealedRecord { tag, nonce: bytes(&record.nonce, "a nonce").ok()?, body: bytes(&record.body, "a record").ok()? };
    let RecordText { site, scenario, time } = sealed.open(code).ok()?;
    Some(Found { at: i64::from(time), scenario, site })
}
