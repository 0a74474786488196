//! The rights of a person over their data, one file a verb. It does not decide anything.

pub mod answer;
pub mod copy;
pub mod correct;
pub mod delete;
pub mod explain;
pub mod kin;
pub mod list;
pub mod queue;
pub mod restrict;
