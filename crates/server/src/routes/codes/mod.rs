//! Checking and resolving codes, one file a verb. It does not decide anything.

pub mod check;
pub mod resolve;
