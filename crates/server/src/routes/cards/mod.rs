//! Paper cards, one file a verb. It does not decide anything.

pub mod issue;
pub mod pdf;
pub mod replace;
pub mod revoke;
