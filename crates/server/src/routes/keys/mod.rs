//! Keys, one file a verb. It does not decide anything.

pub mod deeds;
pub mod list;
