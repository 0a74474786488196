//! Settings of the province by name. It does not know what a setting does.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A setting's text.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    tx.one("SELECT value FROM setting WHERE key = $1", args![key]).await?.map(|mut row| row.take()).transpose()
}

/// Sets it.
pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, args![key, value]).await.map(drop)
}

/// Sets it where there is none; one that stands stays.
pub async fn set_new(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    tx.execute(sql, args![key, value]).await.map(drop)
}

/// All, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.rows("SELECT key, value FROM setting ORDER BY key LIMIT 1000", args![]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
