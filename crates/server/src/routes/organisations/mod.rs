//! Organisations, one file a verb. It does not decide anything.

pub mod add;
pub mod change;
pub mod imports;
pub mod list;
pub mod mergers;
pub mod show;
