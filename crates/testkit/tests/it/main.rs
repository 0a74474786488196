//! The stories, on both databases, and what must hold over a whole town.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod desks;
mod doors;
mod kills;
mod secrets;
mod stories;
mod uploads;
