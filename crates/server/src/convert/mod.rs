//! Between the province's types and the JSON shapes, one file a noun; dull on purpose.
//! It decides nothing: each function copies, encodes bytes, and names words.

pub mod audit;
pub mod binding;
pub mod check;
pub mod client;
pub mod device;
pub mod gate;
pub mod mandate;
pub mod operator;
pub mod organisation;
pub mod post;
pub mod record;
pub mod resident;
pub mod rights;
pub mod scenario;
pub mod screen;
pub mod stats;
pub mod token;

use crate::app::Answer;
use crate::error::{Code, Refused};
use yima_province::Text;
use yima_wire::Words;

/// The latest time that is taken: the end of the year 2199, Unix seconds.
const TIME_MAX: i64 = 7_258_118_399;
/// The largest count that is taken.
const COUNT_MAX: i64 = 1_000_000_000;

/// A time that can be reckoned with.
///
/// # Errors
/// `invalid` for one before 1970 or after 2199.
pub fn time(field: &'static str, at: i64) -> Answer<i64> {
    within(field, at, TIME_MAX)
}

/// A count that can be reckoned with.
///
/// # Errors
/// `invalid` for one below 0 or above a thousand million.
pub fn count(field: &'static str, n: i64) -> Answer<i64> {
    within(field, n, COUNT_MAX)
}

fn within(field: &'static str, value: i64, max: i64) -> Answer<i64> {
    if (0..=max).contains(&value) {
        return Ok(value);
    }
    Err(Refused::new(Code::Invalid, field)
        .saying(format!("字段 {field} 的数值超出范围。"), format!("The value of {field} is out of range.")))
}

/// A sentence.
fn words(text: Text) -> Words {
    Words { zh: text.zh, en: text.en }
}
