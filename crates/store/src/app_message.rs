//! What is to be told to apps, kept until it is taken or too old: that somebody left, that a grant ended.
//! It does not know how it is carried.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Whether it was told.
    State { Waiting = "waiting", Taken = "taken", GivenUp = "given_up" }
}

/// A message. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// `app_…`
    pub client: String,
    /// `logout` or `grant_ended`.
    pub kind: String,
    /// JSON.
    pub body: String,
    /// How often it was tried.
    pub tries: u32,
    /// Made.
    pub created_at: i64,
}

/// Puts one on its way.
pub async fn put(tx: &mut Tx, m: &Message) -> Result<(), StoreError> {
    let sql = "INSERT INTO app_message (id, client, kind, body, state, next_at, created_at)
               VALUES ($1, $2, $3, $4, 'waiting', $5, $5)";
    tx.execute(sql, args![&m.id, &m.client, &m.kind, &m.body, m.created_at]).await.map(drop)
}

/// Those that are due, the oldest first.
pub async fn due(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Message>, StoreError> {
    let sql = "SELECT id, client, kind, body, tries, created_at FROM app_message
               WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT $2";
    tx.rows(sql, args![at, limit]).await?.into_iter().map(one).collect()
}

/// It was taken, or is given up.
pub async fn end(tx: &mut Tx, id: &str, state: State, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE app_message SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'waiting'";
    Ok(tx.execute(sql, args![id, state, at]).await? == 1)
}

/// It was not taken; it is tried again later.
pub async fn later(tx: &mut Tx, id: &str, next_at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE app_message SET tries = tries + 1, next_at = $2 WHERE id = $1 AND state = 'waiting'";
    tx.execute(sql, args![id, next_at]).await.map(drop)
}

fn one(mut row: Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.take()?,
        client: row.take()?,
        kind: row.take()?,
        body: row.take()?,
        tries: row.take()?,
        created_at: row.take()?,
    })
}
