//! How many active residents could be issued what, added up as it happens. It does not know how many are enough,
//! and holds months, never anybody's day of birth.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// `born`, or `benefit/` or `coming/` and its number.
    pub what: String,
    /// Month of birth (years since 0 times 12), or of the benefit's last or first day (months since 2020-01).
    pub month: u16,
    /// Proofing of the accounts, 0 to 3.
    pub proofing: u8,
}

/// Adds to a sum; a negative number takes away.
pub async fn add(tx: &mut Tx, key: &Key, many: i64) -> Result<(), StoreError> {
    if many == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO crowd (what, month, proofing, many) VALUES ($1, $2, $3, $4)
               ON CONFLICT (what, month, proofing) DO UPDATE SET many = crowd.many + excluded.many";
    tx.execute(sql, args![&key.what, key.month, key.proofing, many]).await.map(drop)
}

/// Every sum. There are as many as months in a long life and in the years of benefits, times the levels of proofing.
pub async fn all(tx: &mut Tx) -> Result<Vec<(Key, i64)>, StoreError> {
    let rows = tx.rows("SELECT what, month, proofing, many FROM crowd LIMIT 200000", args![]).await?;
    rows.into_iter()
        .map(|mut row| Ok((Key { what: row.take()?, month: row.take()?, proofing: row.take()? }, row.take()?)))
        .collect()
}

/// Forgets every sum, to count anew.
pub async fn clear(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute("DELETE FROM crowd", args![]).await.map(drop)
}
