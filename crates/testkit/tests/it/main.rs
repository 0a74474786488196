//! The stories, on both databases, and what must hold over a whole town.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod desks;
mod doors;
mod gate_keys;
mod kills;
mod names;
mod online;
mod organisations;
mod overload;
mod rights;
mod secrets;
mod stories;
mod uploads;
