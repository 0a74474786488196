//! Notices to a resident's devices: a new device, a draw, a suspension. It does not word them.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In time order.
    pub id: String,
    /// To whom.
    pub account: String,
    /// Microseconds.
    pub at: i64,
    /// What happened.
    pub kind: String,
    /// JSON.
    pub detail: String,
}

/// Leaves a notice.
pub async fn insert(tx: &mut Tx, n: &Notice) -> Result<(), StoreError> {
    let sql = "INSERT INTO notice (id, account, at, kind, detail) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, args![&n.id, &n.account, n.at, &n.kind, &n.detail]).await.map(drop)
}

/// Leaves a notice, unless one of that id was left before.
pub async fn insert_once(tx: &mut Tx, n: &Notice) -> Result<(), StoreError> {
    let sql = "INSERT INTO notice (id, account, at, kind, detail) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![&n.id, &n.account, n.at, &n.kind, &n.detail]).await.map(drop)
}

/// The newest of an account.
pub async fn of_account(tx: &mut Tx, account: &str, limit: u32) -> Result<Vec<Notice>, StoreError> {
    let sql = "SELECT id, account, at, kind, detail FROM notice WHERE account = $1 ORDER BY at DESC LIMIT $2";
    let rows = tx.rows(sql, args![account, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Notice {
                id: row.take()?,
                account: row.take()?,
                at: row.take()?,
                kind: row.take()?,
                detail: row.take()?,
            })
        })
        .collect()
}

/// Forgets notices of before a moment, so many at a time; how many.
pub async fn forget_before(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE at < $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}
