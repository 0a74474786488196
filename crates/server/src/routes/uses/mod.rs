//! Uses for auditors, one file a verb. It does not decide anything.

pub mod list;
