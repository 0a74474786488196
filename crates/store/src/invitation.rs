//! Codes by which somebody comes forward as a helper: typed once, soon dead. It does not know the code, only its hash.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Keyed hash.
    pub code_hash: Vec<u8>,
    /// Who made it.
    pub principal: String,
    /// What they chose.
    pub scopes: String,
    /// Microseconds.
    pub made_at: i64,
    /// Microseconds.
    pub expires_at: i64,
}

/// Keeps a code; the ones that its principal made before are dead. False when they made `hourly_max` within the hour.
pub async fn make(tx: &mut Tx, i: &Invitation, hour_ago_at: i64, hourly_max: u32) -> Result<bool, StoreError> {
    let count = "SELECT count(*) FROM (SELECT 1 FROM invitation WHERE principal = $1 AND made_at > $2 LIMIT $3) i";
    let row = tx.one(count, args![&i.principal, hour_ago_at, hourly_max]).await?;
    if row.map_or(Ok(0), |mut row| row.take::<u32>())? >= hourly_max {
        return Ok(false);
    }
    let dead = "UPDATE invitation SET expires_at = $2 WHERE principal = $1 AND used_at IS NULL AND expires_at > $2";
    tx.execute(dead, args![&i.principal, i.made_at]).await?;
    let sql = "INSERT INTO invitation (code_hash, principal, scopes, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, args![&i.code_hash, &i.principal, &i.scopes, i.made_at, i.expires_at]).await?;
    Ok(true)
}

/// Whose a live code is; read without using it up.
pub async fn whose(tx: &mut Tx, code_hash: &[u8; 32], now_at: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT principal FROM invitation WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2";
    tx.one(sql, args![code_hash, now_at]).await?.map(|mut row| row.take()).transpose()
}

/// Whose a live code is and what they chose; read without using it up.
pub async fn chosen(tx: &mut Tx, code_hash: &[u8; 32], now_at: i64) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT principal, scopes FROM invitation WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2";
    tx.one(sql, args![code_hash, now_at]).await?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// Uses a code up: the scopes that were chosen, to the one who is first.
pub async fn redeem(tx: &mut Tx, code_hash: &[u8; 32], now_at: i64) -> Result<Option<String>, StoreError> {
    let sql = "UPDATE invitation SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2
               RETURNING scopes";
    tx.one(sql, args![code_hash, now_at]).await?.map(|mut row| row.take()).transpose()
}

/// Forgets those that are long dead; so many at once.
pub async fn forget_before(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM invitation WHERE code_hash IN
               (SELECT code_hash FROM invitation WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}
