//! What personnel systems sign in with, of which only a hash is kept. It does not know what a feed may say.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// `fee_…`.
    pub id: String,
    /// Whose posts it names.
    pub organisation: String,
    /// What operators call it.
    pub label: String,
    /// Keyed hash of its token.
    pub token_hash: Vec<u8>,
    /// Which operator made it.
    pub made_by: String,
    /// Microseconds.
    pub made_at: i64,
    /// Microseconds, to the hour.
    pub seen_at: Option<i64>,
    /// Microseconds.
    pub ended_at: Option<i64>,
    /// Raised when it ends.
    pub version: i64,
    /// Over all of it but when it was seen.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, organisation, label, token_hash, made_by, made_at, seen_at, ended_at, version, seal FROM feed ",
            $tail
        )
    };
}

/// Adds one.
pub async fn insert(tx: &mut Tx, f: &Feed) -> Result<(), StoreError> {
    let sql = "INSERT INTO feed (id, organisation, label, token_hash, made_by, made_at, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = args![&f.id, &f.organisation, &f.label, &f.token_hash, &f.made_by, f.made_at, f.version, &f.seal];
    tx.execute(sql, args).await.map(drop)
}

/// By the hash of its token, ended or not.
pub async fn by_token(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<Feed>, StoreError> {
    tx.one(select!("WHERE token_hash = $1"), args![token_hash]).await?.map(feed).transpose()
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Feed>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(feed).transpose()
}

/// Says that this deed relies on a feed as it stands, and reads it.
pub async fn rely_on(tx: &mut Tx, id: &str) -> Result<Option<Feed>, StoreError> {
    tx.rely_on(Hot::Feed, id).await?;
    find(tx, id).await
}

/// Says that this deed ends a feed, and reads it; waits for those who rely on it.
pub async fn to_change(tx: &mut Tx, id: &str) -> Result<Option<Feed>, StoreError> {
    tx.change(Hot::Feed, id).await?;
    find(tx, id).await
}

/// Writes its end by compare on the version; false when somebody was faster.
pub async fn end(tx: &mut Tx, f: &Feed) -> Result<bool, StoreError> {
    let sql = "UPDATE feed SET ended_at = $2, version = $3, seal = $4 WHERE id = $1 AND version = $3 - 1";
    Ok(tx.execute(sql, args![&f.id, f.ended_at, f.version, &f.seal]).await? == 1)
}

/// Notes that it was seen.
pub async fn seen(tx: &mut Tx, id: &str, at: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE feed SET seen_at = $2 WHERE id = $1", args![id, at]).await.map(drop)
}

/// Those of an organisation, the newest first, at most 100.
pub async fn of_organisation(tx: &mut Tx, organisation: &str) -> Result<Vec<Feed>, StoreError> {
    let sql = select!("WHERE organisation = $1 ORDER BY id DESC LIMIT 100");
    tx.rows(sql, args![organisation]).await?.into_iter().map(feed).collect()
}

fn feed(mut row: Row) -> Result<Feed, StoreError> {
    Ok(Feed {
        id: row.take()?,
        organisation: row.take()?,
        label: row.take()?,
        token_hash: row.take()?,
        made_by: row.take()?,
        made_at: row.take()?,
        seen_at: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
