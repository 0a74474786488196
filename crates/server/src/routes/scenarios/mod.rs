//! Scenarios in force, one file a verb. It does not decide anything.

pub mod list;
