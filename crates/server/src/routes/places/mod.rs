//! Places as operators see them, one file a verb. It does not decide anything.

pub mod add;
pub mod list;
pub mod poster;
