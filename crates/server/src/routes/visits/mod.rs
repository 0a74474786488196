//! Visits at a counter, as the officer opens them. It does not decide anything.

pub mod officer;
