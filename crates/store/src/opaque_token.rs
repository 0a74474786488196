//! Access tokens that are looked up and not read: for the API of another organisation (rule R22). It does not know the
//! tokens, only their hashes, nor any pseudonym; those are computed when the API asks.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A token. Times are Unix microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaqueToken {
    /// SHA-256 of it: 32 bytes.
    pub id_hash: Vec<u8>,
    /// Whom it was given to, `app_…`.
    pub client: String,
    /// The app whose API it is for, `app_…`.
    pub audience: String,
    /// The address of that API.
    pub resource: String,
    /// The sign-in behind it; None for an app as itself.
    pub sid: Option<String>,
    /// With blanks between.
    pub scopes: String,
    /// How well it is known who signed in: 0, 1 or 2.
    pub proofing: u8,
    /// The key that it is bound to: 32 bytes.
    pub jkt: Option<Vec<u8>>,
    /// Made.
    pub created_at: i64,
    /// Over.
    pub expires_at: i64,
}

/// Keeps one.
pub async fn put(tx: &mut Tx, t: &OpaqueToken) -> Result<(), StoreError> {
    let sql = "INSERT INTO opaque_token (id_hash, client, audience, resource, sid, scopes, proofing, jkt, created_at,
               expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args = args![
        &t.id_hash,
        &t.client,
        &t.audience,
        &t.resource,
        t.sid.as_deref(),
        &t.scopes,
        t.proofing,
        t.jkt.as_deref(),
        t.created_at,
        t.expires_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By its hash; it may be over.
pub async fn find(tx: &mut Tx, id_hash: &[u8]) -> Result<Option<OpaqueToken>, StoreError> {
    let sql = "SELECT id_hash, client, audience, resource, sid, scopes, proofing, jkt, created_at, expires_at
               FROM opaque_token WHERE id_hash = $1";
    tx.one(sql, args![id_hash]).await?.map(one).transpose()
}

/// Ends one at the wish of its client; false when that client has no such token.
pub async fn end(tx: &mut Tx, id_hash: &[u8], client: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM opaque_token WHERE id_hash = $1 AND client = $2";
    Ok(tx.execute(sql, args![id_hash, client]).await? == 1)
}

/// Forgets those that were over before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql =
        "DELETE FROM opaque_token WHERE id_hash IN (SELECT id_hash FROM opaque_token WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn one(mut row: Row) -> Result<OpaqueToken, StoreError> {
    Ok(OpaqueToken {
        id_hash: row.take()?,
        client: row.take()?,
        audience: row.take()?,
        resource: row.take()?,
        sid: row.take()?,
        scopes: row.take()?,
        proofing: row.take()?,
        jkt: row.take()?,
        created_at: row.take()?,
        expires_at: row.take()?,
    })
}
