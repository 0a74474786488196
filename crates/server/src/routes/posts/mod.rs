//! Posts of officers and feeds, for operators. It does not know SCIM.

pub mod change;
pub mod feeds;
pub mod list;
