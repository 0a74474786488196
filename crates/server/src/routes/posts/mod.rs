//! Posts of officers and feeds, for operators, and for the devices of those who have a post. It does not know SCIM.

pub mod change;
pub mod feeds;
pub mod list;
pub mod own;
