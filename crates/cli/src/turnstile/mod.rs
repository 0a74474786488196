//! A checker without a person: the bundle it trusts, what it remembers, what it still has to report.
//! It decides nothing about a code itself; `yima_code::check` does.

mod agent;
mod bundle_keeper;
mod checker;
mod gate_key;
mod http;
mod local_http;
mod log;
mod memory;
mod peers;

pub use agent::{Settings, run};
pub use bundle_keeper::{BundleKeeper, Kept};
pub use checker::{Stand, also, challenge_of, check, clock_of, unread, wire_verdict};
pub use memory::Memory;
