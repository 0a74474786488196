//! Token Status Lists, one file a verb. It does not decide anything.

pub mod fetch;
