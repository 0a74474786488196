//! Codes by which a person is named to an office without their ID number. It does not know the code, only its hash.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Keeps a code; those that its person made before are dead. False when they made `hourly_max` within the hour.
/// Lock the account before.
pub async fn make(
    tx: &mut Tx,
    code_hash: &[u8; 32],
    account: &str,
    (made_at, expires_at): (i64, i64),
    (hour_ago_at, hourly_max): (i64, u32),
) -> Result<bool, StoreError> {
    let count = "SELECT count(*) FROM (SELECT 1 FROM post_code WHERE account = $1 AND made_at > $2 LIMIT $3) c";
    let row = tx.one(count, args![account, hour_ago_at, hourly_max]).await?;
    if row.map_or(Ok(0), |mut row| row.take::<u32>())? >= hourly_max {
        return Ok(false);
    }
    let dead = "UPDATE post_code SET expires_at = $2 WHERE account = $1 AND used_at IS NULL AND expires_at > $2";
    tx.execute(dead, args![account, made_at]).await?;
    let sql = "INSERT INTO post_code (code_hash, account, made_at, expires_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![code_hash, account, made_at, expires_at]).await?;
    Ok(true)
}

/// Uses a code up: whose it was, to the one who is first.
pub async fn redeem(tx: &mut Tx, code_hash: &[u8; 32], now_at: i64) -> Result<Option<String>, StoreError> {
    let sql = "UPDATE post_code SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2
               RETURNING account";
    tx.one(sql, args![code_hash, now_at]).await?.map(|mut row| row.take()).transpose()
}

/// Forgets those that are long dead; so many at once.
pub async fn forget_before(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM post_code WHERE code_hash IN
               (SELECT code_hash FROM post_code WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}
