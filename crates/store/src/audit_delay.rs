//! Orders that delay what a person sees of a search of their uses, and the uses that they do not see yet.
//! It does not know how long an order may be, nor who may ask.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far a delay is.
    State { Waiting = "waiting", Agreed = "agreed", Refused = "refused" }
}

/// One. Times are microseconds.
#[derive(Debug, Clone)]
pub struct AuditDelay {
    /// `dly_…`
    pub id: String,
    /// `aud_…`
    pub search: String,
    /// Whose uses.
    pub account: String,
    /// Who gave the order.
    pub authority: String,
    /// Its number.
    pub order_number: String,
    /// Until when, once it is agreed to.
    pub until_at: i64,
    /// How far.
    pub state: State,
    /// Operator.
    pub asked_by: String,
    /// When.
    pub asked_at: i64,
    /// Another operator.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<i64>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, search, account, authority, order_number, until_at, state, asked_by, asked_at, answered_by,
             answered_at FROM audit_delay ",
            $tail
        )
    };
}

/// Adds one that waits.
pub async fn insert(tx: &mut Tx, d: &AuditDelay) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO audit_delay (id, search, account, authority, order_number, until_at, state, asked_by, asked_at)
               VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)";
    let args = args![&d.id, &d.search, &d.account, &d.authority, &d.order_number, d.until_at, &d.asked_by, d.asked_at];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<AuditDelay>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// Those of the searches from `from` to `to`, both included, the oldest first, at most 500: for a page of the list.
pub async fn of_searches(tx: &mut Tx, (from, to): (&str, &str)) -> Result<Vec<AuditDelay>, StoreError> {
    let sql = select!("WHERE search BETWEEN $1 AND $2 ORDER BY search, id LIMIT 500");
    tx.rows(sql, args![from, to]).await?.into_iter().map(one).collect()
}

/// Those of one search, the oldest first.
pub async fn of_search(tx: &mut Tx, search: &str) -> Result<Vec<AuditDelay>, StoreError> {
    of_searches(tx, (search, search)).await
}

/// Answers one that waits and was asked for after a moment; true for whoever is first.
pub async fn answer(
    tx: &mut Tx,
    id: &str,
    to: State,
    by: &str,
    (since_at, at): (i64, i64),
) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_delay SET state = $2, answered_by = $3, answered_at = $4
               WHERE id = $1 AND state = 'waiting' AND asked_by <> $3 AND asked_at > $5";
    Ok(tx.execute(sql, args![id, to, by, at, since_at]).await? == 1)
}

/// Hides a use from its person until a moment.
pub async fn hide(tx: &mut Tx, account: &str, use_id: &str, search: &str, until_at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO delayed_use (account, use_id, search, until_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![account, use_id, search, until_at]).await.map(drop)
}

/// Moves the end of all hidden uses of a search; those that were seen already stay seen.
pub async fn hide_until(tx: &mut Tx, search: &str, until_at: i64, at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE delayed_use SET until_at = $2 WHERE search = $1 AND until_at > $3";
    tx.execute(sql, args![search, until_at, at]).await.map(drop)
}

/// Forgets what is shown by now, so many at a time; how many.
pub async fn forget(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM delayed_use WHERE (account, use_id) IN
               (SELECT account, use_id FROM delayed_use WHERE until_at <= $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}

fn one(mut row: Row) -> Result<AuditDelay, StoreError> {
    Ok(AuditDelay {
        id: row.take()?,
        search: row.take()?,
        account: row.take()?,
        authority: row.take()?,
        order_number: row.take()?,
        until_at: row.take()?,
        state: row.take()?,
        asked_by: row.take()?,
        asked_at: row.take()?,
        answered_by: row.take()?,
        answered_at: row.take()?,
    })
}
