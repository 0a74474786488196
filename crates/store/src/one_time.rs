//! Everything that counts once: challenges, pushed requests, codes, tickets, approvals, one-time passwords, told apart by
//! their kind. It does not know what is in a body, nor the secrets, only their hashes.
//!
//! How to use one up so that two at once can't (rule R26): [`peek`] what never changes, without a lock; lock the rows that
//! come earlier in the house's order (account, edge, grant, session, family); then [`take`], the one statement that
//! decides. Who only reads and then updates lets two in.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A row as it is put. Times are Unix microseconds.
#[derive(Debug, Clone, Default)]
pub struct OneTime {
    /// SHA-256 or a keyed hash of its secret: 32 bytes.
    pub id_hash: Vec<u8>,
    /// Which of its sort: `passkey`, `otp`, `code`, `par`, …
    pub kind: String,
    /// Whose, when that is known.
    pub account: Option<String>,
    /// For which client alone.
    pub client: Option<String>,
    /// For which session alone, or for which browser that has none yet.
    pub session: Option<String>,
    /// JSON; never changes.
    pub body: String,
    /// Wrong tries that it bears.
    pub tries: u8,
    /// Made.
    pub created_at: i64,
    /// Over.
    pub expires_at: i64,
}

/// What never changes in a row, so that it may be read without a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peeked {
    /// Whose.
    pub account: Option<String>,
    /// For which client alone.
    pub client: Option<String>,
    /// For which session or browser alone.
    pub session: Option<String>,
    /// JSON.
    pub body: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub expires_at: i64,
}

/// Puts one.
pub async fn put(tx: &mut Tx, o: &OneTime) -> Result<(), StoreError> {
    let sql = "INSERT INTO one_time (id_hash, kind, account, client, session, body, tries_left, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = args![
        &o.id_hash,
        &o.kind,
        o.account.as_deref(),
        o.client.as_deref(),
        o.session.as_deref(),
        &o.body,
        o.tries,
        o.created_at,
        o.expires_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Puts a pushed request, with a keyed hash of the network that it came from.
pub async fn put_pushed(tx: &mut Tx, o: &OneTime, network: &[u8; 16]) -> Result<(), StoreError> {
    let sql = "INSERT INTO one_time (id_hash, kind, client, body, tries_left, created_at, expires_at, network)
               VALUES ($1, 'par', $2, $3, $4, $5, $6, $7)";
    let args = args![&o.id_hash, o.client.as_deref(), &o.body, o.tries, o.created_at, o.expires_at, network];
    tx.execute(sql, args).await.map(drop)
}

/// How many pushed requests of a client are live, of one network or of all; counts to `limit` at most.
pub async fn live_pushed(
    tx: &mut Tx,
    client: &str,
    network: Option<&[u8; 16]>,
    at: i64,
    limit: u32,
) -> Result<u32, StoreError> {
    let row = match network {
        Some(network) => {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM one_time WHERE kind = 'par' AND taken_at IS NULL
                       AND client = $1 AND network = $2 AND expires_at > $3 LIMIT $4) c";
            tx.one(sql, args![client, network, at, limit]).await?
        }
        None => {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM one_time WHERE kind = 'par' AND taken_at IS NULL
                       AND client = $1 AND expires_at > $2 LIMIT $3) c";
            tx.one(sql, args![client, at, limit]).await?
        }
    };
    row.map_or(Ok(0), |mut row| row.take())
}

/// How many codes wait to be typed by somebody.
pub async fn live_typed(tx: &mut Tx, at: i64) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM one_time WHERE kind = 'user_code' AND taken_at IS NULL AND expires_at > $1";
    tx.one(sql, args![at]).await?.map_or(Ok(0), |mut row| row.take())
}

/// What never changes in a row; None when there is none of this kind. It may be used up or over: only [`take`] says that
/// it was not.
pub async fn peek(tx: &mut Tx, kind: &str, id_hash: &[u8]) -> Result<Option<Peeked>, StoreError> {
    let sql =
        "SELECT account, client, session, body, created_at, expires_at FROM one_time WHERE id_hash = $1 AND kind = $2";
    tx.one(sql, args![id_hash, kind]).await?.map(peeked).transpose()
}

/// Takes one: of all who try, one is told what was in it, and the others None, as for unknown, used and over.
/// `client` must be the one that the row names, when it names one; `by` is kept as the mark of who took it.
pub async fn take(
    tx: &mut Tx,
    kind: &str,
    id_hash: &[u8],
    client: Option<&str>,
    by: Option<&[u8]>,
    at: i64,
) -> Result<Option<Peeked>, StoreError> {
    let sql = "UPDATE one_time SET taken_at = $5, taken_by = $4
               WHERE id_hash = $1 AND kind = $2 AND (client IS NULL OR client = $3) AND taken_at IS NULL
               AND expires_at > $5 RETURNING account, client, session, body, created_at, expires_at";
    tx.one(sql, args![id_hash, kind, client, by, at]).await?.map(peeked).transpose()
}

/// Takes one of its tries; None when none is left, it was taken or it is over. The deed must end in `Ok`, or the try
/// comes back.
pub async fn spend_try(tx: &mut Tx, kind: &str, id_hash: &[u8], at: i64) -> Result<Option<Peeked>, StoreError> {
    let sql = "UPDATE one_time SET tries_left = tries_left - 1
               WHERE id_hash = $1 AND kind = $2 AND tries_left > 0 AND taken_at IS NULL AND expires_at > $3
               RETURNING account, client, session, body, created_at, expires_at";
    tx.one(sql, args![id_hash, kind, at]).await?.map(peeked).transpose()
}

/// When it was taken, in microseconds, and by whom; None when it was not.
pub async fn taken(tx: &mut Tx, kind: &str, id_hash: &[u8]) -> Result<Option<(i64, Option<Vec<u8>>)>, StoreError> {
    let sql = "SELECT taken_at, taken_by FROM one_time WHERE id_hash = $1 AND kind = $2 AND taken_at IS NOT NULL";
    tx.one(sql, args![id_hash, kind]).await?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// How many of a kind an account has open that hang on one thing, such as the codes of a sheet.
pub async fn open_of(tx: &mut Tx, kind: &str, account: &str, session: &str, at: i64) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM one_time
               WHERE account = $2 AND kind = $1 AND session = $3 AND taken_at IS NULL AND expires_at > $4";
    tx.one(sql, args![kind, account, session, at]).await?.map_or(Ok(0), |mut row| row.take())
}

/// Ends what an account has open of a kind; how many. Lock the account first.
pub async fn end_of_account(tx: &mut Tx, kind: &str, account: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE one_time SET expires_at = $3
               WHERE account = $2 AND kind = $1 AND taken_at IS NULL AND expires_at > $3";
    tx.execute(sql, args![kind, account, at]).await
}

/// How many of a kind an account was given since a moment; counts to `limit` at most.
pub async fn since(tx: &mut Tx, kind: &str, account: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM one_time
               WHERE account = $2 AND kind = $1 AND created_at >= $3 LIMIT $4) c";
    let row = tx.one(sql, args![kind, account, since_at, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Forgets what was over before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM one_time WHERE id_hash IN (SELECT id_hash FROM one_time WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn peeked(mut row: Row) -> Result<Peeked, StoreError> {
    Ok(Peeked {
        account: row.take()?,
        client: row.take()?,
        session: row.take()?,
        body: row.take()?,
        created_at: row.take()?,
        expires_at: row.take()?,
    })
}
