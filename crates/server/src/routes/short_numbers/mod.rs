//! Short numbers, one file a verb. It does not decide anything.

pub mod take;
