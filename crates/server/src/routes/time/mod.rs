//! Signed server time, one file a verb. It does not decide anything.

pub mod tell;
