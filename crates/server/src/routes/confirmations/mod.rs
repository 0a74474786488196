//! Questions of checkers to the holder, one file a verb. It does not decide anything.

pub mod confirm;
pub mod list;
pub mod refuse;
