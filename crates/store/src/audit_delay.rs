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
    /// Raised at each change.
    pub version: i64,
    /// Over all of it, made and checked by province. Empty in a row of before there were seals.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, search, account, authority, order_number, until_at, state, asked_by, asked_at, answered_by,
             answered_at, version, seal FROM audit_delay ",
            $tail
        )
    };
}

/// Adds one that waits.
pub async fn insert(tx: &mut Tx, d: &AuditDelay) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO audit_delay (id, search, account, authority, order_number, until_at, state, asked_by, asked_at,
                 version, seal) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10)";
    let args = args![
        &d.id,
        &d.search,
        &d.account,
        &d.authority,
        &d.order_number,
        d.until_at,
        &d.asked_by,
        d.asked_at,
        d.version,
        &d.seal
    ];
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

/// Writes the answer to one that waits and was asked for after a moment, one version on and under its new seal; true for
/// whoever is first.
pub async fn answer(tx: &mut Tx, d: &AuditDelay, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_delay SET state = $3, answered_by = $4, answered_at = $5, version = $6, seal = $7
               WHERE id = $1 AND version = $2 AND state = 'waiting' AND asked_by <> $4 AND asked_at > $8";
    let args =
        args![&d.id, d.version - 1, d.state, d.answered_by.as_deref(), d.answered_at, d.version, &d.seal, since_at];
    Ok(tx.execute(sql, args).await? == 1)
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
        version: row.take()?,
        seal: row.take::<Option<Vec<u8>>>()?.unwrap_or_default(),
    })
}
