//! How many there are of what, kept up as things happen, so that no page counts rows.
//! It does not know what is counted: names are given by the files of nouns.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Adds to a tally; a negative number takes away.
pub async fn add(tx: &mut Tx, what: &'static str, many: i64) -> Result<(), StoreError> {
    if many == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO tally (what, many) VALUES ($1, $2)
               ON CONFLICT (what) DO UPDATE SET many = tally.many + excluded.many";
    tx.execute(sql, args![what, many]).await.map(drop)
}

/// All tallies by name: accounts, devices, cards, gates, uses of each outcome are in `counted`.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx.rows("SELECT what, many FROM tally ORDER BY what", args![]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
