//! The machine's clock, and moments as people write them on a command line.
//! It does not know whether the clock is right; a bundle's signed time says so.

use crate::failure::Failure;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Now, in Unix seconds.
pub fn now_s() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the machine's clock comes in")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A moment to measure a wait from; it says nothing about the time of day.
pub fn stopwatch() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the command line is where the machine's clock comes in")]
    let now = Instant::now();
    now
}

/// Unix seconds as the 32 bits that codes and bundles carry; saturates.
pub fn as_u32(unix_s: i64) -> u32 {
    u32::try_from(unix_s.max(0)).unwrap_or(u32::MAX)
}

/// Reads `--at`: Unix seconds, or RFC 3339 with an offset (`2026-11-23T08:00:00+08:00`).
pub fn parse(text: &str) -> Result<i64, Failure> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds);
    }
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment.map(|moment| moment.as_second()).map_err(|_| {
        Failure::bad_input(format!("`{text}` is no time: give Unix seconds or RFC 3339, as 2026-11-23T08:00:00+08:00"))
    })
}

/// A moment as people read it: civil time at UTC+8, to the second.
pub fn shown(unix_s: i64) -> String {
    let offset = jiff::tz::Offset::constant(8);
    match jiff::Timestamp::from_second(unix_s) {
        Ok(moment) => offset.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S +08:00").to_string(),
        Err(_) => format!("{unix_s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{as_u32, parse, shown};

    #[test]
    fn moments_as_people_write_them() {
        for (text, seconds) in [
            ("1798732799", 1_798_732_799),
            ("2026-12-31T23:59:59+08:00", 1_798_732_799),
            ("2026-12-31T15:59:59Z", 1_798_732_799),
        ] {
            assert_eq!(parse(text).expect(text), seconds);
        }
        assert!(["", "tomorrow", "2026-12-31", "2026-12-31T23:59:59"].iter().all(|text| parse(text).is_err()));
        assert_eq!(shown(1_798_732_799), "2026-12-31 23:59:59 +08:00");
        assert_eq!((as_u32(-1), as_u32(5), as_u32(1 << 40)), (0, 5, u32::MAX));
    }
}
