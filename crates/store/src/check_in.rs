//! Who checked in where by scanning a place's code; the use beside it says why.
//! It does not know names.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// The use, and receipt.
    pub use_id: String,
    /// Who.
    pub account: String,
    /// Scenario slug.
    pub scenario: String,
    /// Where.
    pub site: u32,
    /// Microseconds.
    pub at: i64,
}

/// Notes a check-in.
pub async fn insert(tx: &mut Tx, c: &CheckIn) -> Result<(), StoreError> {
    let sql = "INSERT INTO check_in (use_id, account, scenario, site, at) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, args![&c.use_id, &c.account, &c.scenario, c.site, c.at]).await.map(drop)
}

/// Of a place, the newest first, before a moment.
pub async fn of_site(tx: &mut Tx, site: u32, before_at: i64, limit: u32) -> Result<Vec<CheckIn>, StoreError> {
    let sql = "SELECT use_id, account, scenario, site, at FROM check_in
               WHERE site = $1 AND at < $2 ORDER BY at DESC LIMIT $3";
    let rows = tx.rows(sql, args![site, before_at, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(CheckIn {
                use_id: row.take()?,
                account: row.take()?,
                scenario: row.take()?,
                site: row.take()?,
                at: row.take()?,
            })
        })
        .collect()
}

/// Of a person, the newest first, at most 1,000: scenario, site, microseconds.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<(String, u32, i64)>, StoreError> {
    let sql = "SELECT scenario, site, at FROM check_in WHERE account = $1 ORDER BY at DESC LIMIT 1000";
    let rows = tx.rows(sql, args![account]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// Forgets those of a scenario from before its retention, at most `rows_max`; how many.
pub async fn forget_before(tx: &mut Tx, scenario: &str, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql =
        "DELETE FROM check_in WHERE use_id IN (SELECT use_id FROM check_in WHERE scenario = $1 AND at < $2 LIMIT $3)";
    tx.execute(sql, args![scenario, at, rows_max]).await
}
