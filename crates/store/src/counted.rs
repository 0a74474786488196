//! Statistics of checks, added up in the transaction of each check or upload.
//! It does not know persons: an hour, a place, a form, a verdict and a number.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// What is counted together; "" and 0 stand for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counted<'a> {
    /// Microseconds of the full hour.
    pub hour_at: i64,
    /// Scenario slug.
    pub scenario: &'a str,
    /// Site number.
    pub site: u32,
    /// Gate id.
    pub gate: &'a str,
    /// T1, T1c, T0, T2, short.
    pub form: &'a str,
    /// valid, refused, could_not_check.
    pub verdict: &'a str,
    /// Why not.
    pub reason: &'a str,
    /// Checked by the server, or uploaded by a gate.
    pub online: bool,
}

/// How a table of statistics is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Keys are microseconds of full hours.
    Hour,
    /// Keys are site numbers.
    Site,
    /// Keys are reasons; "" for valid.
    Reason,
    /// Keys are slugs.
    Scenario,
    /// Keys are gate ids.
    Gate,
    /// Keys are forms.
    Form,
}

/// A line of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As `By` says.
    pub key: String,
    /// valid, refused, could_not_check.
    pub verdict: String,
    /// How many.
    pub checks: i64,
}

/// Adds checks.
pub async fn add(tx: &mut Tx, c: &Counted<'_>, checks: u32) -> Result<(), StoreError> {
    let sql = "INSERT INTO counted (hour_at, scenario, site, gate, form, verdict, reason, online, checks)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (hour_at, scenario, site, gate, form, verdict, reason, online)
               DO UPDATE SET checks = counted.checks + excluded.checks";
    let args = args![c.hour_at, c.scenario, c.site, c.gate, c.form, c.verdict, c.reason, c.online, checks];
    tx.execute(sql, args).await.map(drop)
}

macro_rules! table {
    ($key:literal) => {
        concat!(
            "SELECT ",
            $key,
            " AS line_key, verdict, CAST(sum(checks) AS BIGINT) FROM counted
             WHERE hour_at >= $1 AND hour_at < $2 GROUP BY ",
            $key,
            ", verdict ORDER BY ",
            $key,
            ", verdict LIMIT 10000"
        )
    };
}

/// A table of the hours in `from_at..to_at`.
pub async fn by(tx: &mut Tx, by: By, from_at: i64, to_at: i64) -> Result<Vec<Line>, StoreError> {
    let sql = match by {
        By::Hour => table!("CAST(hour_at AS TEXT)"),
        By::Site => table!("CAST(site AS TEXT)"),
        By::Reason => table!("reason"),
        By::Scenario => table!("scenario"),
        By::Gate => table!("gate"),
        By::Form => table!("form"),
    };
    let rows = tx.rows(sql, args![from_at, to_at]).await?;
    rows.into_iter().map(|mut row| Ok(Line { key: row.take()?, verdict: row.take()?, checks: row.take()? })).collect()
}
