//! The demonstration, one file a verb. It does not decide anything.

pub mod inbox;
