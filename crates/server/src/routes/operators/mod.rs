//! Signing in operators, one file a verb. It does not decide anything.

pub mod ends;
pub mod grants;
pub mod me;
pub mod names;
pub mod sign_in;
pub mod sign_out;
