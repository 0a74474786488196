//! Enrolling a device, one file a verb. It does not decide anything.

pub mod enrol;
pub mod otp;
