//! All residents' devices as operators see them, one file a verb. It does not decide anything.

pub mod list;
