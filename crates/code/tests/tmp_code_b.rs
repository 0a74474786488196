#![allow(clippy::unwrap_used, reason = "x")]
#[path = "it/bundle/mod.rs"]
mod bundle;
#[path = "it/keys.rs"]
mod keys;
#[path = "it/world.rs"]
mod world;
