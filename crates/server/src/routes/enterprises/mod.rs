//! Enterprises, one file a noun of the API. It does not decide anything.

pub mod own;
pub mod representative;
