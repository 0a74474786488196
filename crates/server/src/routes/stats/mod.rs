//! Figures, one file a verb. It does not decide anything.

pub mod checks;
pub mod overview;
