//! The end of an operator's post: one stops them at once and for a time, two end the post.
//! It does not know how long, nor who may.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far an end is.
    State { Proposed = "proposed", Confirmed = "confirmed", Refused = "refused" }
}

/// A proposed end. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct OperatorEnd {
    /// `oen_…`
    pub id: String,
    /// Whose post.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// How far.
    pub state: State,
    /// Operator id.
    pub proposed_by: String,
    /// When.
    pub proposed_at: i64,
    /// Another operator's id.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// Raised at each step.
    pub version: i64,
    /// Over all of it.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, operator, reason, state, proposed_by, proposed_at, decided_by, decided_at, version, seal
             FROM operator_end ",
            $tail
        )
    };
}

/// Proposes one.
pub async fn propose(tx: &mut Tx, e: &OperatorEnd) -> Result<(), StoreError> {
    let sql = "INSERT INTO operator_end (id, operator, reason, state, proposed_by, proposed_at, version, seal)
               VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7)";
    let seal = e.seal.as_slice();
    let args = args![&e.id, &e.operator, &e.reason, &e.proposed_by, e.proposed_at, e.version, seal];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<OperatorEnd>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The newest, at most 100.
pub async fn newest(tx: &mut Tx) -> Result<Vec<OperatorEnd>, StoreError> {
    tx.rows(select!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(one).collect()
}

/// Whether an end of this post waits that was proposed after a moment.
pub async fn waits(tx: &mut Tx, operator: &str, since_at: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM operator_end WHERE operator = $1 AND state = 'proposed' AND proposed_at > $2 LIMIT 1";
    Ok(tx.one(sql, args![operator, since_at]).await?.is_some())
}

/// Writes what was decided about one that waits and was proposed after a moment, by somebody else, over the version before;
/// true for whoever is first.
pub async fn decide(tx: &mut Tx, e: &OperatorEnd, before: i64, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE operator_end SET state = $2, decided_by = $3, decided_at = $4, version = $5, seal = $6
               WHERE id = $1 AND version = $7 AND state = 'proposed' AND proposed_by <> $3 AND proposed_at > $8";
    let seal = e.seal.as_slice();
    let args = args![&e.id, e.state, e.decided_by.as_deref(), e.decided_at, e.version, seal, before, since_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// A suspension. Times are Unix microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Suspension<'a> {
    /// Who is stopped.
    pub operator: &'a str,
    /// By which operator; None for the server's own command line.
    pub by: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
    /// From when.
    pub at: i64,
}

/// Notes that an operator was stopped.
pub async fn note_suspension(tx: &mut Tx, s: Suspension<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO operator_suspension (operator, suspended_at, suspended_by, reason) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![s.operator, s.at, s.by, s.reason]).await.map(drop)
}

/// Whether this person stopped that operator after a moment, in whatever post: persons are told apart by `operator.person`.
pub async fn suspended_by_since(tx: &mut Tx, operator: &str, by: &str, since_at: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM operator_suspension s JOIN operator b ON b.id = s.suspended_by
               WHERE s.operator = $1 AND s.suspended_at > $3
               AND b.person = (SELECT person FROM operator WHERE id = $2) LIMIT 1";
    Ok(tx.one(sql, args![operator, by, since_at]).await?.is_some())
}

fn one(mut row: Row) -> Result<OperatorEnd, StoreError> {
    Ok(OperatorEnd {
        id: row.take()?,
        operator: row.take()?,
        reason: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
