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

/// Those that are due, the oldest first, and of one client at most so many: nobody's queue is before another's.
pub async fn due(tx: &mut Tx, at: i64, of_client: u32, limit: u32) -> Result<Vec<Message>, StoreError> {
    let sql = "SELECT id, client, kind, body, tries, created_at FROM
               (SELECT id, client, kind, body, tries, created_at, next_at,
                       row_number() OVER (PARTITION BY client ORDER BY next_at, id) AS place
                FROM app_message WHERE state = 'waiting' AND next_at <= $1) due
               WHERE place <= $2 ORDER BY next_at, id LIMIT $3";
    tx.rows(sql, args![at, of_client, limit]).await?.into_iter().map(one).collect()
}

/// Lets all that waits for a client wait until a moment: it does not answer, and is not asked for each message anew.
pub async fn client_waits(tx: &mut Tx, client: &str, until_at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE app_message SET next_at = $2 WHERE client = $1 AND state = 'waiting' AND next_at < $2";
    tx.execute(sql, args![client, until_at]).await.map(drop)
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
