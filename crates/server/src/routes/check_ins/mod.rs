//! Checking in, one file a verb. It does not decide anything.

pub mod check_in;
