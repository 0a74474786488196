//! That an account and a sector have met: written with the first grant, so that a closed one is never used again (R20).
//! It does not know pseudonyms; those are computed and stand nowhere.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Sees to it that there is one; false when it was closed, and then nothing may be made of it. Call
/// [`crate::account::changed`] first.
pub async fn open(tx: &mut Tx, account: &str, sector: &str, epoch: u8, at: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO relation (account, sector, epoch, created_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (account, sector, epoch) DO NOTHING";
    tx.execute(sql, args![account, sector, epoch, at]).await?;
    let sql = "SELECT 1 FROM relation WHERE account = $1 AND sector = $2 AND epoch = $3 AND closed_at IS NULL";
    Ok(tx.one(sql, args![account, sector, epoch]).await?.is_some())
}

/// The sectors that an account has met, open or closed.
pub async fn met(tx: &mut Tx, account: &str, epoch: u8) -> Result<Vec<String>, StoreError> {
    let rows = tx.rows("SELECT sector FROM relation WHERE account = $1 AND epoch = $2", args![account, epoch]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Closes all relations of an account, for good.
pub async fn close_all(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    tx.execute("UPDATE relation SET closed_at = $2 WHERE account = $1 AND closed_at IS NULL", args![account, at]).await
}
