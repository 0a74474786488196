//! Deaths that are reported. It does not decide anything.

pub mod list;
pub mod report;
