//! The public keys of gates: one a gate, by which it signs its challenges.
//! It does not know who proved what to change one.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A gate's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckerKey {
    /// `gat_…`.
    pub gate: String,
    /// Where it stands.
    pub site: u32,
    /// Suite byte.
    pub suite: u8,
    /// 33 bytes.
    pub public_key: Vec<u8>,
}

/// Keys that one bundle names at most.
const KEYS_MAX: u32 = 1 << 18;

/// The key of a gate. The gate stays as read until this deed is durable.
pub async fn of_gate(tx: &mut Tx, gate: &str) -> Result<Option<CheckerKey>, StoreError> {
    tx.change(Hot::Gate, gate).await?;
    let sql = "SELECT k.gate, g.site, k.suite, k.public_key FROM checker_key k JOIN gate g ON g.id = k.gate
               WHERE k.gate = $1";
    tx.one(sql, args![gate]).await?.map(one).transpose()
}

/// Sets the key of a gate, in place of the one it had.
pub async fn set(tx: &mut Tx, key: &CheckerKey, at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO checker_key (gate, suite, public_key, registered_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (gate) DO UPDATE SET suite = excluded.suite, public_key = excluded.public_key,
               registered_at = excluded.registered_at";
    tx.execute(sql, args![&key.gate, key.suite, &key.public_key, at]).await.map(drop)
}

/// How many live gates of a place have a key, this one not counted.
pub async fn beside(tx: &mut Tx, site: u32, gate: &str) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM checker_key k JOIN gate g ON g.id = k.gate
               WHERE g.site = $1 AND g.state = 'live' AND k.gate <> $2";
    tx.one(sql, args![site, gate]).await?.map_or(Ok(0), |mut row| row.take())
}

/// The keys of all live gates, by place, then by suite and bytes.
pub async fn of_live_gates(tx: &mut Tx) -> Result<Vec<CheckerKey>, StoreError> {
    let sql = "SELECT k.gate, g.site, k.suite, k.public_key FROM checker_key k JOIN gate g ON g.id = k.gate
               WHERE g.state = 'live' ORDER BY g.site, k.suite, k.public_key LIMIT $1";
    tx.rows(sql, args![KEYS_MAX]).await?.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<CheckerKey, StoreError> {
    Ok(CheckerKey { gate: row.take()?, site: row.take()?, suite: row.take()?, public_key: row.take()? })
}
