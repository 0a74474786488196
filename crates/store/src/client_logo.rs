//! Pictures of apps, by the SHA-256 that a version of an app names. It does not know what is seen on them.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Keeps a picture; one that is there already is the same.
pub async fn keep(tx: &mut Tx, hash: &str, png: &[u8], at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO client_logo (hash, png, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![hash, png, at]).await.map(drop)
}

/// The picture with this hash.
pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one("SELECT png FROM client_logo WHERE hash = $1", args![hash]).await?.map(|mut row| row.take()).transpose()
}
