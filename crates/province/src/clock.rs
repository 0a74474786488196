//! Time as an argument: the system's clock for a running province, a frozen one for tests. Nothing else reads a clock.

use std::sync::atomic::{AtomicI64, Ordering};

/// Microseconds a second.
pub const MICROS: i64 = 1_000_000;

/// Where a province takes its time from.
pub trait Clock: Send + Sync {
    /// Unix time in microseconds.
    fn now_us(&self) -> i64;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time enters")]
    fn now_us(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct FrozenClock(AtomicI64);

impl FrozenClock {
    /// Stands at this Unix second.
    #[must_use]
    pub fn at(unix_s: i64) -> Self {
        Self(AtomicI64::new(unix_s * MICROS))
    }

    /// Moves it, forwards or backwards.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * MICROS, Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
