//! The resident's home, settings and devices, one file a verb. It does not decide anything.

pub mod end;
pub mod home;
pub mod settings;
