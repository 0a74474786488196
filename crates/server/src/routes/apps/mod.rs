//! Apps that one allowed, one file a verb. It does not decide anything.

pub mod list;
pub mod withdraw;
