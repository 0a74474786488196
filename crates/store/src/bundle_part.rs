//! Published bytes by name and version: parts and heads of the verifier bundle.
//! It does not read them.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A published part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `head`, `root`, `keys`, `manifests`, …
    pub name: String,
    /// Counts up.
    pub version: i64,
    /// As signed.
    pub bytes: Vec<u8>,
    /// Microseconds.
    pub published_at: i64,
}

/// Publishes a part; false when that version stands already: it is never replaced.
pub async fn publish(tx: &mut Tx, p: &Part) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO bundle_part (name, version, bytes, published_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, args![&p.name, p.version, &p.bytes, p.published_at]).await? == 1)
}

/// The newest version of a part.
pub async fn latest(tx: &mut Tx, name: &str) -> Result<Option<Part>, StoreError> {
    let sql =
        "SELECT name, version, bytes, published_at FROM bundle_part WHERE name = $1 ORDER BY version DESC LIMIT 1";
    tx.one(sql, args![name]).await?.map(one).transpose()
}

/// One version of a part.
pub async fn find(tx: &mut Tx, name: &str, version: i64) -> Result<Option<Part>, StoreError> {
    let sql = "SELECT name, version, bytes, published_at FROM bundle_part WHERE name = $1 AND version = $2";
    tx.one(sql, args![name, version]).await?.map(one).transpose()
}

/// Forgets versions of a part before `version`; deltas from them become full bundles.
pub async fn forget_before(tx: &mut Tx, name: &str, version: i64) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM bundle_part WHERE name = $1 AND version < $2", args![name, version]).await
}

fn one(mut row: Row) -> Result<Part, StoreError> {
    Ok(Part { name: row.take()?, version: row.take()?, bytes: row.take()?, published_at: row.take()? })
}
