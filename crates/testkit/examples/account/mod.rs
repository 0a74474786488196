//! The parts of the bench of one account: callers in a process of their own, what they ask, and the tables.
//! It does not know how a figure is judged: docs/benchmarks.md holds the goals.

pub mod asks;
pub mod callers;
pub mod crowded;
pub mod flood;
pub mod floor;
pub mod peer;
pub mod people;
pub mod rows;

#[path = "../../tests/it/browsers.rs"]
#[expect(dead_code, reason = "a bench uses less of a browser than the tests do")]
pub mod browsers;
#[path = "../../tests/it/soft_passkey.rs"]
pub mod soft_passkey;
#[path = "../../tests/it/apps/world.rs"]
#[expect(dead_code, reason = "a bench uses less of the world than the tests do")]
pub mod world;
