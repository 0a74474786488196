//! Gates, one file a verb. It does not decide anything.

pub mod add;
pub mod end;
pub mod list;
pub mod set_key;
pub mod sync;
pub mod upload;
