//! Sign-ins that are kept on their persons' own devices, each under a key whose private half never leaves the device. A row
//! carries a seal that this room neither makes nor judges. It does not check signatures. What ended is gone from here.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A kept sign-in as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct KeptKey {
    /// `kpt_…`.
    pub id: String,
    /// Whose.
    pub account: String,
    /// 33 bytes, P-256, SEC 1 compressed.
    pub public_key: Vec<u8>,
    /// What the browser seems to be.
    pub label: String,
    /// When its person last proved who they are.
    pub auth_at: i64,
    /// Since when it is kept.
    pub created_at: i64,
    /// When it last opened a session.
    pub used_at: i64,
    /// Until when.
    pub until_at: i64,
    /// `ses_…`, the session that it opened last, or in which it was kept.
    pub session: String,
    /// 32 bytes.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, public_key, label, auth_at, created_at, used_at, until_at, session, seal FROM kept_key ",
            $tail
        )
    };
}

/// Keeps one; change the account first. A key that is kept already is a `Conflict`.
pub async fn insert(tx: &mut Tx, k: &KeptKey) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO kept_key (id, account, public_key, label, auth_at, created_at, used_at, until_at, session, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args = args![
        &k.id,
        &k.account,
        &k.public_key,
        &k.label,
        k.auth_at,
        k.created_at,
        k.used_at,
        k.until_at,
        &k.session,
        &k.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By id, while its time is not over.
pub async fn find(tx: &mut Tx, id: &str, at: i64) -> Result<Option<KeptKey>, StoreError> {
    tx.one(select!("WHERE id = $1 AND until_at > $2"), args![id, at]).await?.map(kept).transpose()
}

/// All of an account, the newest first.
pub async fn of_account(tx: &mut Tx, account: &str, at: i64) -> Result<Vec<KeptKey>, StoreError> {
    let sql = select!("WHERE account = $1 AND until_at > $2 ORDER BY id DESC LIMIT 100");
    tx.rows(sql, args![account, at]).await?.into_iter().map(kept).collect()
}

/// Notes that it opened a session; false when it has ended meanwhile.
pub async fn used(tx: &mut Tx, id: &str, session: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE kept_key SET used_at = $3, session = $2 WHERE id = $1 AND until_at > $3";
    Ok(tx.execute(sql, args![id, session, at]).await? == 1)
}

/// Ends one of an account; the session that it opened last. None when it is not of this account.
pub async fn end(tx: &mut Tx, account: &str, id: &str) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM kept_key WHERE id = $2 AND account = $1 RETURNING session";
    tx.one(sql, args![account, id]).await?.map(|mut row| row.take()).transpose()
}

/// Ends what is kept on the device of a session: whoever signs out there is not signed in again by itself.
pub(crate) async fn end_of_session(tx: &mut Tx, session: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM kept_key WHERE session = $1", args![session]).await.map(drop)
}

/// Ends all of an account but the one on the device of a session ("" keeps none).
pub(crate) async fn end_all_but(tx: &mut Tx, account: &str, keep_session: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM kept_key WHERE account = $1 AND session <> $2";
    tx.execute(sql, args![account, keep_session]).await.map(drop)
}

/// Forgets those that were over before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM kept_key WHERE id IN (SELECT id FROM kept_key WHERE until_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn kept(mut row: Row) -> Result<KeptKey, StoreError> {
    Ok(KeptKey {
        id: row.take()?,
        account: row.take()?,
        public_key: row.take()?,
        label: row.take()?,
        auth_at: row.take()?,
        created_at: row.take()?,
        used_at: row.take()?,
        until_at: row.take()?,
        session: row.take()?,
        seal: row.take()?,
    })
}
