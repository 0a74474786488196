//! When a caller that was sent away comes again: not before `Retry-After`, and by a chance of its own after it.
//! It does not know why it was sent away, and its chance is an argument.

/// The first span of chance, seconds; it doubles with each try.
pub const SPAN_S: u32 = 2;
/// The widest span of chance, seconds.
pub const SPAN_MAX_S: u32 = 300;

/// Seconds to wait before the next try. `tries` were made and sent away; `retry_after_s` is what the last answer
/// asked for, 0 when there was no answer; `chance` is any of the 2^32 numbers, each as likely as another.
///
/// The chance covers its whole span ("full jitter"): callers that were sent away together do not come back together.
#[must_use]
pub fn wait_s(tries: u32, retry_after_s: u32, chance: u32) -> u32 {
    let doubled = tries.saturating_sub(1).min(16);
    let span = (SPAN_S << doubled).min(SPAN_MAX_S);
    let by_chance = (u64::from(chance) * (u64::from(span) + 1)) >> 32;
    retry_after_s.saturating_add(by_chance as u32)
}

#[cfg(test)]
mod tests {
    use super::wait_s;

    #[test]
    fn it_is_never_early_and_the_span_doubles_to_a_bound() {
        // The same table stands in web/tests/retry.test.ts.
        for (tries, retry_after_s, chance, wait) in [
            (1, 0, 0, 0),
            (1, 0, u32::MAX, 2),
            (1, 30, 0, 30),
            (1, 30, u32::MAX / 2, 31),
            (2, 0, u32::MAX, 4),
            (5, 7, u32::MAX, 39),
            (9, 0, u32::MAX, 300),
            (u32::MAX, 3_600, u32::MAX, 3_900),
            (0, u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert_eq!(wait_s(tries, retry_after_s, chance), wait, "{tries} {retry_after_s} {chance}");
        }
    }
}
