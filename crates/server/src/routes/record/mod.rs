//! Who saw my code, one file a verb. It does not decide anything.

pub mod bucket;
pub mod export;
pub mod list;
