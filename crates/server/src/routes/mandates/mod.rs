//! Mandates, one file a group of verbs. It does not decide anything.

pub mod acting;
pub mod answer;
pub mod invite;
pub mod list;
pub mod orders;
pub mod register;
pub mod trusted;
pub mod wards;
