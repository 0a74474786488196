//! The stories, on both databases, and what must hold over a whole town.

mod doors;
mod secrets;
mod stories;
