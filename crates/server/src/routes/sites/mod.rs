//! Places behind place codes, one file a verb. It does not decide anything.

pub mod show;
