//! People whose last guardian is gone, for the civil affairs office: found, and closed. It does not know who becomes guardian.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// An open alert. Times are Unix microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WardAlone {
    /// In time order.
    pub id: String,
    /// Who has no guardian.
    pub account: String,
    /// `death`, `deleted` or `lost_capacity`.
    pub reason: String,
    /// Since when.
    pub at: i64,
}

/// Raises one; nothing happens when one is open for that account.
pub async fn raise(tx: &mut Tx, w: &WardAlone) -> Result<bool, StoreError> {
    let sql = "INSERT INTO ward_alone (id, account, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, args![&w.id, &w.account, &w.reason, w.at]).await? == 1)
}

/// Those that are open, the oldest first, at most 200.
pub async fn open(tx: &mut Tx) -> Result<Vec<WardAlone>, StoreError> {
    let sql = "SELECT id, account, reason, at FROM ward_alone WHERE closed_at IS NULL ORDER BY at, id LIMIT 200";
    tx.rows(sql, args![]).await?.into_iter().map(one).collect()
}

/// Closes the open one of an account; false when there is none.
pub async fn close(tx: &mut Tx, account: &str, by: &str, how: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE ward_alone SET closed_at = $4, closed_by = $2, how = $3 WHERE account = $1 AND closed_at IS NULL";
    Ok(tx.execute(sql, args![account, by, how, at]).await? == 1)
}

/// Closes the open one of an account that a death raised, as the death was taken back; false when there is none.
pub async fn close_of_death(tx: &mut Tx, account: &str, by: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE ward_alone SET closed_at = $3, closed_by = $2, how = 'death_undone'
               WHERE account = $1 AND reason = 'death' AND closed_at IS NULL";
    Ok(tx.execute(sql, args![account, by, at]).await? == 1)
}

fn one(mut row: Row) -> Result<WardAlone, StoreError> {
    Ok(WardAlone { id: row.take()?, account: row.take()?, reason: row.take()?, at: row.take()? })
}
