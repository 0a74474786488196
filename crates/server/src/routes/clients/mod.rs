//! Apps under review, one file a verb. It does not decide anything.

pub mod deletions;
pub mod end;
pub mod invite;
pub mod list;
pub mod propose;
pub mod review;
