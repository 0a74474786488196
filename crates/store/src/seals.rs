//! Seals that this room sets and holds by itself, without knowing their key: of rows that are read in too many places for
//! each of them to ask. Every other sealed row carries a seal that its deed made.

use std::sync::{Arc, OnceLock};

/// Whoever has the key of the seals.
pub trait Seals: Send + Sync {
    /// The seal over a row's table, id, version and fields.
    fn seal(&self, table: &str, id: &str, version: i64, fields: &[&[u8]]) -> [u8; 32];

    /// Whether a row carries that seal; compared in constant time, and an alarm where it doesn't.
    fn is_right(&self, table: &str, id: &str, version: i64, fields: &[&[u8]], seal: &[u8]) -> bool;
}

/// Where a store's transactions find them, once they are known.
pub(crate) type SealsCell = Arc<OnceLock<Arc<dyn Seals>>>;
