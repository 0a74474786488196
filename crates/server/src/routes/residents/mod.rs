//! Residents as operators see them, one file a verb. It does not decide anything.

pub mod benefits;
pub mod end_sign_ins;
pub mod enrolment_code;
pub mod find;
pub mod sheet;
pub mod show;
pub mod standing;
