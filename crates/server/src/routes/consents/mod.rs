//! Consents, one file a verb. It does not decide anything.

pub mod give;
pub mod list;
pub mod withdraw;
