//! Issuing keys of a day, wrapped in custody, and their end.
//! It does not know how a key is used, nor can it unwrap one.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Whether a key may be used.
    State { Live = "live", Withdrawn = "withdrawn", Destroyed = "destroyed" }
}

/// A key as it is stored.
#[derive(Debug, Clone)]
pub struct DayKey {
    /// 4 bytes for an issuing key; any unique name for others.
    pub kid: Vec<u8>,
    /// Civil day since 2020-01-01.
    pub day: u16,
    /// Suite byte; 0 for none.
    pub suite: u8,
    /// The one use: `t1`, `t2`, `id`, `t0`, …
    pub purpose: String,
    /// Empty for a secret key.
    pub public_key: Vec<u8>,
    /// None once destroyed.
    pub wrapped: Option<Vec<u8>>,
    /// Live, withdrawn, destroyed.
    pub state: State,
    /// Microseconds.
    pub created_at: i64,
}

/// Adds a key; false when that (day, suite, purpose) has one: another node was first, read its.
pub async fn insert(tx: &mut Tx, k: &DayKey) -> Result<bool, StoreError> {
    let sql = "INSERT INTO day_key (kid, day, suite, purpose, public_key, wrapped, state, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (day, suite, purpose) DO NOTHING";
    let args = args![&k.kid, k.day, k.suite, &k.purpose, &k.public_key, k.wrapped.as_deref(), k.state, k.created_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// All keys of the days `from..=to`, in order of day, suite, purpose.
pub async fn of_days(tx: &mut Tx, from: u16, to: u16) -> Result<Vec<DayKey>, StoreError> {
    let sql = "SELECT kid, day, suite, purpose, public_key, wrapped, state, created_at FROM day_key
               WHERE day BETWEEN $1 AND $2 ORDER BY day, suite, purpose";
    tx.rows(sql, args![from, to]).await?.into_iter().map(day_key).collect()
}

pub(crate) const STANDING: &str = "SELECT kid, day, suite, purpose, public_key, wrapped, state, created_at FROM day_key
     WHERE state <> 'destroyed' AND day <= $1 ORDER BY day, suite, purpose";

/// The keys up to a day that are not destroyed: what is issued and published with.
pub async fn standing(tx: &mut Tx, to: u16) -> Result<Vec<DayKey>, StoreError> {
    tx.rows(STANDING, args![to]).await?.into_iter().map(day_key).collect()
}

/// By its id.
pub async fn find(tx: &mut Tx, kid: &[u8]) -> Result<Option<DayKey>, StoreError> {
    let sql = "SELECT kid, day, suite, purpose, public_key, wrapped, state, created_at FROM day_key WHERE kid = $1";
    tx.one(sql, args![kid]).await?.map(day_key).transpose()
}

/// A key that this deed relies on: whoever withdraws it waits until this deed is durable.
pub async fn rely_on(tx: &mut Tx, kid: &[u8]) -> Result<Option<DayKey>, StoreError> {
    tx.rely_on(Hot::Key, &named(kid)).await?;
    find(tx, kid).await
}

/// Withdraws a live key: no deed that relied on it is under way afterwards, and its codes end with the next bundle.
pub async fn withdraw(tx: &mut Tx, kid: &[u8]) -> Result<bool, StoreError> {
    tx.change(Hot::Key, &named(kid)).await?;
    let sql = "UPDATE day_key SET state = 'withdrawn' WHERE kid = $1 AND state = 'live'";
    Ok(tx.execute(sql, args![kid]).await? == 1)
}

/// Live keys of a purpose.
pub async fn live_of(tx: &mut Tx, purpose: &str) -> Result<Vec<DayKey>, StoreError> {
    let sql = "SELECT kid, day, suite, purpose, public_key, wrapped, state, created_at FROM day_key
               WHERE purpose = $1 AND state = 'live' ORDER BY day, suite";
    tx.rows(sql, args![purpose]).await?.into_iter().map(day_key).collect()
}

/// Puts a key that is wrapped anew in the place of the old wrapping, unless it was destroyed or changed meanwhile.
pub async fn wrap_anew(tx: &mut Tx, kid: &[u8], before: &[u8], after: &[u8]) -> Result<bool, StoreError> {
    let sql = "UPDATE day_key SET wrapped = $3 WHERE kid = $1 AND wrapped = $2";
    Ok(tx.execute(sql, args![kid, before, after]).await? == 1)
}

/// Destroys the secret halves of one purpose of days before `day`; how many.
pub async fn destroy_before(tx: &mut Tx, purpose: &str, day: u16) -> Result<u64, StoreError> {
    let sql = "UPDATE day_key SET state = 'destroyed', wrapped = NULL
               WHERE purpose = $1 AND day < $2 AND state <> 'destroyed'";
    tx.execute(sql, args![purpose, day]).await
}

/// What the lock on a key is called.
fn named(kid: &[u8]) -> String {
    kid.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn day_key(mut row: Row) -> Result<DayKey, StoreError> {
    Ok(DayKey {
        kid: row.take()?,
        day: row.take()?,
        suite: row.take()?,
        purpose: row.take()?,
        public_key: row.take()?,
        wrapped: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
    })
}
