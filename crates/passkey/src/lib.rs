//! The only WebAuthn words (W3C Web Authentication Level 3): what a browser is asked, and whether its answer holds.
//! It does not know accounts, rows, HTTP or time, and rolls no dice: challenges and user handles are handed in.

mod assertion;
#[cfg(test)]
mod assertion_tests;
mod error;
mod party;

pub use error::PasskeyError;
pub use party::{Asked, Claimed, Made, Party, Proven, under_id};
