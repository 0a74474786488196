//! Sources of import files, one file a verb. It does not decide anything.

pub mod change;
pub mod list;
