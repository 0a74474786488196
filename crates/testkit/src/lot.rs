//! Chance in a race: who starts when. A story prints its seed before it begins, and `YIMA_SEED` runs it again with the same
//! starts. It does not know threads and databases, whose own chance no seed holds.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::time::Duration;

/// Starts drawn from one seed (SplitMix64).
#[derive(Debug)]
pub struct Lot(u64);

impl Lot {
    /// Casts a lot for a story: by `YIMA_SEED`, or a new one; it is printed.
    ///
    /// # Panics
    /// When `YIMA_SEED` is no number.
    #[must_use]
    pub fn of(story: &str) -> Self {
        let seed = match std::env::var("YIMA_SEED") {
            Ok(text) => text.parse().expect("YIMA_SEED is a number that a story printed"),
            Err(_) => RandomState::new().build_hasher().finish() >> 32,
        };
        // Past the test's own capture: a story that hangs has told its seed too.
        let _ = writeln!(std::io::stderr().lock(), "{story}: run again with YIMA_SEED={seed}");
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// How long one of a race waits before it starts: half of them not at all, the others up to so many milliseconds.
    pub fn start(&mut self, most_ms: u64) -> Duration {
        let roll = self.roll();
        if roll & 1 == 0 { Duration::ZERO } else { Duration::from_micros((roll >> 1) % (most_ms * 1_000 + 1)) }
    }
}
