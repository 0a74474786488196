//! Places: a number that codes carry, a name, the scenario that is asked there.
//! It does not know who stands there.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// A place.
#[derive(Debug, Clone)]
pub struct Site {
    /// The number in codes; never 0, which means any.
    pub id: u32,
    /// Scenario slug.
    pub scenario: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// GB/T 2260.
    pub region: String,
    /// For operators.
    pub note: String,
    /// Microseconds.
    pub created_at: i64,
}

/// Adds a place; false when the number is taken.
pub async fn insert(tx: &mut Tx, s: &Site) -> Result<bool, StoreError> {
    let sql = "INSERT INTO site (id, scenario, name_zh, name_en, region, note, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let args = args![s.id, &s.scenario, &s.name_zh, &s.name_en, &s.region, &s.note, s.created_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By number.
pub async fn find(tx: &mut Tx, id: u32) -> Result<Option<Site>, StoreError> {
    let sql = "SELECT id, scenario, name_zh, name_en, region, note, created_at FROM site WHERE id = $1";
    tx.one(sql, args![id]).await?.map(one).transpose()
}

/// In order of number, after the last one seen.
pub async fn page(tx: &mut Tx, after: u32, limit: u32) -> Result<Vec<Site>, StoreError> {
    let sql = "SELECT id, scenario, name_zh, name_en, region, note, created_at FROM site
               WHERE id > $1 ORDER BY id LIMIT $2";
    tx.rows(sql, args![after, limit]).await?.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<Site, StoreError> {
    Ok(Site {
        id: row.take()?,
        scenario: row.take()?,
        name_zh: row.take()?,
        name_en: row.take()?,
        region: row.take()?,
        note: row.take()?,
        created_at: row.take()?,
    })
}
