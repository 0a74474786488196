//! Cards of offices, one file a verb. It does not decide anything.

pub mod bind;
pub mod end;
pub mod find;
pub mod list;
pub mod unbind;
