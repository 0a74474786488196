//! Proofs of possession and client assertions that were seen, where several nodes have to know of each other's.
//! It does not know proofs: only hashes come here.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Notes one; false when it was seen before.
pub async fn first(tx: &mut Tx, hash: &[u8; 32], expires_at: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO seen_proof (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    Ok(tx.execute(sql, args![&hash[..], expires_at]).await? == 1)
}

/// Forgets those that are over, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM seen_proof WHERE hash IN (SELECT hash FROM seen_proof WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}
