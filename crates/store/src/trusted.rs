//! Whom an elder trusts to be told of a helper's deeds: one at a time, named and ended. It does not know what is told.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where it stands: a counter's naming waits for the person's word.
    State { Pending = "pending", Active = "active", Ended = "ended" }
}

/// A naming as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// `tru_…`
    pub id: String,
    /// Whose helpers are watched.
    pub principal: String,
    /// Who is told.
    pub person: String,
    /// Where it stands.
    pub state: State,
    /// A device or an operator.
    pub made_by: String,
    /// Named.
    pub made_at: i64,
    /// Ended, with `reason`.
    pub ended_at: Option<i64>,
    /// `principal`, `person`, `counter` or `gone`.
    pub reason: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT id, principal, person, state, made_by, made_at, ended_at, reason FROM trusted ", $tail)
    };
}

/// Names somebody; false when another one stands. Change both accounts first.
pub async fn insert(tx: &mut Tx, t: &Trusted) -> Result<bool, StoreError> {
    let sql = "INSERT INTO trusted (id, principal, person, state, made_by, made_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let args = args![&t.id, &t.principal, &t.person, t.state, &t.made_by, t.made_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Trusted>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(trusted).transpose()
}

/// Those that stand, of an account as either of the two, the newest first, at most 50.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Trusted>, StoreError> {
    let sql = select!("WHERE (principal = $1 OR person = $1) AND state <> 'ended' ORDER BY id DESC LIMIT 50");
    tx.rows(sql, args![account]).await?.into_iter().map(trusted).collect()
}

/// All of an account as either of the two, those that ended as well, the newest first, at most 500.
pub async fn kept_of(tx: &mut Tx, account: &str) -> Result<Vec<Trusted>, StoreError> {
    let sql = select!("WHERE principal = $1 OR person = $1 ORDER BY id DESC LIMIT 500");
    tx.rows(sql, args![account]).await?.into_iter().map(trusted).collect()
}

/// Who is to be told of the deeds of a principal's helpers.
pub async fn told(tx: &mut Tx, principal: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT person FROM trusted WHERE principal = $1 AND state = 'active'";
    tx.one(sql, args![principal]).await?.map(|mut row| row.take()).transpose()
}

/// The person's yes; false when it does not wait for one.
pub async fn accept(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute("UPDATE trusted SET state = 'active' WHERE id = $1 AND state = 'pending'", args![id]).await? == 1)
}

/// Ends one; false when it has ended.
pub async fn end(tx: &mut Tx, id: &str, reason: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE trusted SET state = 'ended', ended_at = $3, reason = $2 WHERE id = $1 AND state <> 'ended'";
    Ok(tx.execute(sql, args![id, reason, at]).await? == 1)
}

/// Ends all of an account that is gone.
pub async fn end_all_of(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE trusted SET state = 'ended', ended_at = $2, reason = 'gone'
               WHERE (principal = $1 OR person = $1) AND state <> 'ended'";
    tx.execute(sql, args![account, at]).await
}

fn trusted(mut row: Row) -> Result<Trusted, StoreError> {
    Ok(Trusted {
        id: row.take()?,
        principal: row.take()?,
        person: row.take()?,
        state: row.take()?,
        made_by: row.take()?,
        made_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
    })
}
