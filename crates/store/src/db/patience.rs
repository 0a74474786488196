//! How long one statement may take on PostgreSQL: an ordinary deed's short, a long one's long (R29). It does not know which is which.
//!
//! Whoever answers a request says so with [`hurried`]; everything else (imports, publishing, what is forgotten, the command line)
//! has the long limit. A statement that hits its limit is undone with its deed, which is `Busy`.

use std::future::Future;

use crate::StoreError;

tokio::task_local! {
    static HURRIED: bool;
}

/// Runs work whose deeds are ordinary: each of their statements has the short limit.
pub async fn hurried<F: Future>(work: F) -> F::Output {
    HURRIED.scope(true, work).await
}

/// Runs work, within hurried work, that rightly takes longer.
pub async fn unhurried<F: Future>(work: F) -> F::Output {
    HURRIED.scope(false, work).await
}

/// Whether the task that asks is in a hurry. A task that it spawned is not.
pub(super) fn is_hurried() -> bool {
    HURRIED.try_with(|hurried| *hurried).unwrap_or(false)
}

/// The two limits, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub ordinary_ms: u32,
    pub long_ms: u32,
}

/// In the database's address: how long a statement of an ordinary deed may take, and one of a long deed, milliseconds.
const ORDINARY: &str = "yima_statement_ms";
const LONG: &str = "yima_long_statement_ms";
/// A limit may be this: less than the first stops healthy deeds, more than the second is none.
const MAY_BE: std::ops::RangeInclusive<u32> = 100..=3_600_000;

impl Default for Limits {
    fn default() -> Self {
        Self { ordinary_ms: 2_000, long_ms: 60_000 }
    }
}

impl Limits {
    /// Takes the limits out of a database's address, which PostgreSQL's own driver would not know.
    pub(super) fn of(url: &str) -> Result<(String, Self), StoreError> {
        let mut limits = Self::default();
        let Some((address, query)) = url.split_once('?') else { return Ok((url.to_owned(), limits)) };
        let mut rest = Vec::new();
        for part in query.split('&') {
            let limit = match part.split_once('=') {
                Some((ORDINARY, _)) => &mut limits.ordinary_ms,
                Some((LONG, _)) => &mut limits.long_ms,
                _ => {
                    rest.push(part);
                    continue;
                }
            };
            let told = part.rsplit('=').next().and_then(|text| text.parse().ok()).filter(|ms| MAY_BE.contains(ms));
            *limit = told
                .ok_or_else(|| StoreError::Unavailable(format!("{ORDINARY} and {LONG} are {MAY_BE:?} milliseconds")))?;
        }
        let address = if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
        Ok((address, limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r29_the_limits_are_two_seconds_and_a_minute_unless_the_address_says_otherwise() {
        let table = [
            ("postgres://a/b", "postgres://a/b", 2_000, 60_000),
            ("postgres://a/b?sslmode=disable", "postgres://a/b?sslmode=disable", 2_000, 60_000),
            ("postgres://a/b?yima_statement_ms=500", "postgres://a/b", 500, 60_000),
            (
                "postgres://a/b?yima_long_statement_ms=90000&sslmode=disable&yima_statement_ms=3000",
                "postgres://a/b?sslmode=disable",
                3_000,
                90_000,
            ),
        ];
        for (url, address, ordinary_ms, long_ms) in table {
            assert_eq!(Limits::of(url), Ok((address.to_owned(), Limits { ordinary_ms, long_ms })), "{url}");
        }
        for wrong in ["0", "99", "x", "", "3600001", "-1"] {
            assert!(Limits::of(&format!("postgres://a/b?yima_statement_ms={wrong}")).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn who_says_nothing_is_in_no_hurry() {
        assert!(!is_hurried());
        assert!(hurried(async { is_hurried() }).await);
        assert!(!hurried(unhurried(async { is_hurried() })).await);
    }
}
