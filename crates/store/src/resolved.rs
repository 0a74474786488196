//! How often receipts were resolved: by civil year for everybody to read, and in the hour at hand to hold the pace.
//! It does not know persons in the yearly count, and no limit: whoever asks compares.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A scenario's count of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfYear {
    /// Civil year.
    pub year: u16,
    /// Scenario slug.
    pub scenario: String,
    /// How many.
    pub many: i64,
}

/// Counts one for a gate of a scenario.
pub async fn add(tx: &mut Tx, year: u16, scenario: &str, gate: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO resolved (year, scenario, gate, many) VALUES ($1, $2, $3, 1)
               ON CONFLICT (year, scenario, gate) DO UPDATE SET many = resolved.many + 1";
    tx.execute(sql, args![year, scenario, gate]).await.map(drop)
}

/// Counts of years by scenario, the newest year first, at most 2,000.
pub async fn by_year(tx: &mut Tx) -> Result<Vec<OfYear>, StoreError> {
    let sql = "SELECT year, scenario, CAST(sum(many) AS BIGINT) FROM resolved
               GROUP BY year, scenario ORDER BY year DESC, scenario LIMIT 2000";
    let rows = tx.rows(sql, args![]).await?;
    rows.into_iter().map(|mut row| Ok(OfYear { year: row.take()?, scenario: row.take()?, many: row.take()? })).collect()
}

/// Counts one more of this hour for a gate or an account at a scenario, and says how many it makes. The row's lock makes
/// those who come at once wait for each other, so that none slips past a limit.
pub async fn pace(tx: &mut Tx, who: &str, scenario: &str, hour_at: i64) -> Result<u32, StoreError> {
    let sql = "INSERT INTO resolve_pace (who, scenario, hour_at, many) VALUES ($1, $2, $3, 1)
               ON CONFLICT (who, scenario) DO UPDATE
               SET many = CASE WHEN resolve_pace.hour_at = excluded.hour_at THEN resolve_pace.many + 1 ELSE 1 END,
                   hour_at = excluded.hour_at
               RETURNING many";
    let row = tx.one(sql, args![who, scenario, hour_at]).await?;
    row.map_or(Err(StoreError::Inconsistent("resolve_pace")), |mut row| row.take())
}

/// Forgets the pace of before an hour, so many rows at a time; how many.
pub async fn forget_pace_before(tx: &mut Tx, hour_at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM resolve_pace WHERE (who, scenario) IN
               (SELECT who, scenario FROM resolve_pace WHERE hour_at < $1 LIMIT $2)";
    tx.execute(sql, args![hour_at, rows_max]).await
}
