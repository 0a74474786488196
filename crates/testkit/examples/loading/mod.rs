//! The parts of the loading of accounts. It does not know what a server does with them.

pub mod accounts;
pub mod served;
