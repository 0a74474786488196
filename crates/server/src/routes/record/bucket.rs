//! GET /record/buckets/{day} and /record/buckets/{day}/{prefix}: sealed records that share a tag prefix, without sign-in.
//! Nobody can tell whose they are; the device that showed the code finds its own.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, Path};
use axum::extract::State;
use yima_wire::record::{Bucket, BucketDay};

/// Bits of one hex digit.
const DIGIT_BITS: u8 = 4;
/// Hex digits of the finest prefix.
const DIGITS_MAX: usize = 4;
/// Asks for all records of a day.
const NO_PREFIX: &str = "-";

/// How finely a day's records are cut, so that each bucket holds about 64 or more.
#[utoipa::path(get, path = "/api/v1/record/buckets/{day}", tag = "open",
    params(("day" = u16, Path, description = "Civil day since 2020-01-01.")), responses((status = 200, body = BucketDay)))]
pub async fn day(State(app): State<App>, Path(day): Path<u16>) -> Answer<Json<BucketDay>> {
    Ok(Json(BucketDay { day, prefix_digits: app.province.bucket_bits(day).await? / DIGIT_BITS }))
}

/// A bucket of sealed records of one day of upload. A prefix longer than the day's is shortened; the answer says to what.
#[utoipa::path(get, path = "/api/v1/record/buckets/{day}/{prefix}", tag = "open",
    params(("day" = u16, Path, description = "Civil day since 2020-01-01."), ("prefix" = String, Path, description = "1 to 4 hex digits of the tag, or `-` for the whole day.")),
    responses((status = 200, body = Bucket)))]
pub async fn bucket(State(app): State<App>, Path((day, prefix)): Path<(u16, String)>) -> Answer<Json<Bucket>> {
    let asked = digits(&prefix).ok_or_else(|| Refused::new(Code::Malformed, "prefix"))?;
    let most = app.province.bucket_bits(day).await? / DIGIT_BITS;
    let prefix = &asked[..asked.len().min(usize::from(most))];
    let bits = DIGIT_BITS * u8::try_from(prefix.len()).unwrap_or_default();
    let number = if prefix.is_empty() { 0 } else { u32::from_str_radix(prefix, 16).unwrap_or_default() };
    let records = app.province.bucket(day, number, bits).await?;
    Ok(Json(Bucket { day, prefix: prefix.to_owned(), records: records.iter().map(convert::record::sealed).collect() }))
}

fn digits(prefix: &str) -> Option<String> {
    if prefix == NO_PREFIX {
        return Some(String::new());
    }
    let plain = (1..=DIGITS_MAX).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| prefix.to_ascii_lowercase())
}
