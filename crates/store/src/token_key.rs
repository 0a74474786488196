//! The keys that sign tokens of apps, wrapped: what each is used for, and how far it is in its life.
//! It does not know the keys themselves, nor when one is due.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far a key is in its life.
    State {
        Prepared = "prepared",
        Published = "published",
        Signing = "signing",
        Retired = "retired",
        Void = "void",
        Destroyed = "destroyed",
    }
}

/// A key. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct TokenKey {
    /// `kid` in tokens.
    pub kid: String,
    /// `id`, `access` or `logout`.
    pub used_for: String,
    /// `ES256` or `EdDSA`.
    pub alg: String,
    /// 33 bytes.
    pub public_key: Vec<u8>,
    /// Under the custody; None once it signs no more.
    pub wrapped: Option<Vec<u8>>,
    /// How far.
    pub state: State,
    /// Made.
    pub created_at: i64,
    /// First shown to clients.
    pub published_at: Option<i64>,
    /// First signed.
    pub signing_at: Option<i64>,
    /// Last signed.
    pub retired_at: Option<i64>,
}

/// Puts a key.
pub async fn insert(tx: &mut Tx, k: &TokenKey) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO token_key (kid, used_for, alg, public_key, wrapped, state, created_at, published_at, signing_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = args![
        &k.kid,
        &k.used_for,
        &k.alg,
        &k.public_key,
        k.wrapped.as_deref(),
        k.state,
        k.created_at,
        k.published_at,
        k.signing_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// All that are not destroyed, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<TokenKey>, StoreError> {
    let sql = "SELECT kid, used_for, alg, public_key, wrapped, state, created_at, published_at, signing_at, retired_at
               FROM token_key WHERE state <> 'destroyed' ORDER BY created_at, kid LIMIT 500";
    tx.rows(sql, args![]).await?.into_iter().map(one).collect()
}

/// Moves a key on from the state in which it was seen; false when another was faster. A key that signs no more keeps no
/// secret.
pub async fn advance(tx: &mut Tx, kid: &str, from: State, to: State, at: i64) -> Result<bool, StoreError> {
    let sql = match to {
        State::Published => "UPDATE token_key SET state = $3, published_at = $4 WHERE kid = $1 AND state = $2",
        State::Signing => "UPDATE token_key SET state = $3, signing_at = $4 WHERE kid = $1 AND state = $2",
        _ => "UPDATE token_key SET state = $3, retired_at = $4, wrapped = NULL WHERE kid = $1 AND state = $2",
    };
    Ok(tx.execute(sql, args![kid, from, to, at]).await? == 1)
}

/// Puts a key that is wrapped anew in the place of the old wrapping, unless it was changed meanwhile.
pub async fn wrap_anew(tx: &mut Tx, kid: &str, before: &[u8], after: &[u8]) -> Result<bool, StoreError> {
    let sql = "UPDATE token_key SET wrapped = $3 WHERE kid = $1 AND wrapped = $2";
    Ok(tx.execute(sql, args![kid, before, after]).await? == 1)
}

fn one(mut row: Row) -> Result<TokenKey, StoreError> {
    Ok(TokenKey {
        kid: row.take()?,
        used_for: row.take()?,
        alg: row.take()?,
        public_key: row.take()?,
        wrapped: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        published_at: row.take()?,
        signing_at: row.take()?,
        retired_at: row.take()?,
    })
}
