//! Recoveries of accounts, one file a side. It does not decide anything.

pub mod officers;
pub mod stop;
