//! A whole town in a test: a real server on a loopback port, a frozen clock, and characters who use the public door.
//! It does not know what the province does inside; stories in stories/<noun>/*.txt say who does what and what they see.
#![expect(clippy::unwrap_used, reason = "a test town: what cannot go on stops the test, with its place")]

mod door;
mod log;
mod lot;
mod story;
mod town;

pub use door::{Answer, Door, Phone};
pub use log::logged;
pub use lot::Lot;
pub use story::tell;
pub use town::{Database, Town, manifests, settle};
