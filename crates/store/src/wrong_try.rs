//! Wrong tries, counted before a try is made, so that many at once can't outrun the count; a right one clears it.
//! It does not know whose they are (only keyed hashes), nor how long anybody waits.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A counter: of which sort, and the keyed hash of who.
#[derive(Debug, Clone)]
pub struct Counter {
    /// `known`, `unknown`, `network`, `client`, `nobody`.
    pub scope: &'static str,
    /// 16 bytes.
    pub who: [u8; 16],
    /// A row of wrong tries starts anew after so long without one, microseconds; 0 never.
    pub forgets_after: i64,
}

/// Counts a try in advance; how many there were in a row with this one, or None when it has to wait: then nothing is
/// counted.
pub async fn count(tx: &mut Tx, c: &Counter, at: i64) -> Result<Option<i64>, StoreError> {
    let old = if c.forgets_after == 0 { i64::MIN } else { at - c.forgets_after };
    let sql = "INSERT INTO wrong_try (scope, who, wrong, in_a_row, wait_until, last_at) VALUES ($1, $2, 1, 1, 0, $3)
               ON CONFLICT (scope, who) DO UPDATE SET wrong = wrong_try.wrong + 1, last_at = $3,
               in_a_row = CASE WHEN wrong_try.last_at < $4 THEN 1 ELSE wrong_try.in_a_row + 1 END
               WHERE wrong_try.wait_until <= $3 RETURNING in_a_row";
    tx.one(sql, args![c.scope, &c.who, at, old]).await?.map(|mut row| row.take()).transpose()
}

/// Adds what a wrong try cost to what was spent, where tries are not alike; waits for nothing.
pub async fn spend(tx: &mut Tx, c: &Counter, cost: i64, at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO wrong_try (scope, who, wrong, in_a_row, wait_until, last_at) VALUES ($1, $2, 1, $4, 0, $3)
               ON CONFLICT (scope, who) DO UPDATE SET wrong = wrong_try.wrong + 1, last_at = $3,
               in_a_row = wrong_try.in_a_row + $4";
    tx.execute(sql, args![c.scope, &c.who, at, cost]).await.map(drop)
}

/// How many wrong tries there were in a row.
pub async fn in_a_row(tx: &mut Tx, c: &Counter) -> Result<i64, StoreError> {
    let row = tx.one("SELECT in_a_row FROM wrong_try WHERE scope = $1 AND who = $2", args![c.scope, &c.who]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Makes the next try wait.
pub async fn wait(tx: &mut Tx, c: &Counter, until_at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE wrong_try SET wait_until = $3 WHERE scope = $1 AND who = $2";
    tx.execute(sql, args![c.scope, &c.who, until_at]).await.map(drop)
}

/// Clears a counter after a right try, or because its owner says so.
pub async fn clear(tx: &mut Tx, c: &Counter) -> Result<(), StoreError> {
    tx.execute("DELETE FROM wrong_try WHERE scope = $1 AND who = $2", args![c.scope, &c.who]).await.map(drop)
}

/// Adds one to an account's wrong tries of an hour, for its owner to see; true when it is the first of that hour.
pub async fn note(tx: &mut Tx, account: &str, hour: i64, reason: &str) -> Result<bool, StoreError> {
    let sql = "INSERT INTO failed_try (account, hour, reason, many) VALUES ($1, $2, $3, 1)
               ON CONFLICT (account, hour, reason) DO UPDATE SET many = failed_try.many + 1 RETURNING many";
    let many: Option<i64> = tx.one(sql, args![account, hour, reason]).await?.map(|mut row| row.take()).transpose()?;
    Ok(many == Some(1))
}

/// An account's wrong tries since an hour.
pub async fn noted(tx: &mut Tx, account: &str, since_hour: i64) -> Result<i64, StoreError> {
    // PostgreSQL sums whole numbers into a wider type.
    let sql = "SELECT CAST(coalesce(sum(many), 0) AS BIGINT) FROM failed_try WHERE account = $1 AND hour >= $2";
    tx.one(sql, args![account, since_hour]).await?.map_or(Ok(0), |mut row| row.take())
}

/// Forgets what is long over, so many rows at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM wrong_try WHERE (scope, who) IN
               (SELECT scope, who FROM wrong_try WHERE last_at < $1 AND wait_until < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

/// Forgets an account's wrong tries before an hour, so many rows at a time; how many.
pub async fn forget_noted(tx: &mut Tx, before_hour: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM failed_try WHERE (account, hour, reason) IN
               (SELECT account, hour, reason FROM failed_try WHERE hour < $1 LIMIT $2)";
    tx.execute(sql, args![before_hour, limit]).await
}
