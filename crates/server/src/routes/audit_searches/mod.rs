//! Searches of the uses of one person, one file a verb. It does not decide anything.

pub mod answer;
pub mod ask;
pub mod delay;
pub mod list;
pub mod read;
