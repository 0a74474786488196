//! The yearly public count of resolves. It does not count.

pub mod list;
