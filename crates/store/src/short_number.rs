//! Short numbers that live, one use each, and the desks that guess too often.
//! It does not know the numbers, only keyed hashes.

use crate::db::value::args;
use crate::{StoreError, Tx, account};

/// A short number to be issued, with the limits it must keep.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Keyed hash of the number (and desk).
    pub number_hash: &'a [u8],
    /// Whose.
    pub account: &'a str,
    /// Asked for by which device.
    pub slot: u8,
    /// Scenario slug.
    pub scenario: &'a str,
    /// The desk that it is bound to, or "".
    pub desk: &'a str,
    /// Microseconds.
    pub issued_at: i64,
    /// Microseconds.
    pub expires_at: i64,
    /// Live numbers a desk at most.
    pub desk_live_max: u32,
    /// Microseconds: an hour ago.
    pub hour_ago_at: i64,
    /// Numbers a holder and hour at most.
    pub hourly_max: u32,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// It lives.
    Done,
    /// The number is just in use: draw another.
    Taken,
    /// Too many live at that desk.
    DeskFull,
    /// Too many by that holder in the hour.
    TooMany,
}

/// Whom a number named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// Whose.
    pub account: String,
    /// Of which device.
    pub slot: u8,
    /// Scenario slug.
    pub scenario: String,
}

/// Issues a number, within its limits.
pub async fn issue(tx: &mut Tx, n: New<'_>) -> Result<Issued, StoreError> {
    account::changed(tx, n.account).await?;
    let by_holder =
        "SELECT count(*) FROM (SELECT 1 FROM short_number WHERE account = $1 AND issued_at > $2 LIMIT $3) n";
    if many(tx.one(by_holder, args![n.account, n.hour_ago_at, n.hourly_max]).await?)? >= n.hourly_max {
        return Ok(Issued::TooMany);
    }
    let by_desk = "SELECT count(*) FROM (SELECT 1 FROM short_number
                   WHERE desk = $1 AND expires_at > $2 AND used_at IS NULL LIMIT $3) n";
    if !n.desk.is_empty()
        && many(tx.one(by_desk, args![n.desk, n.issued_at, n.desk_live_max]).await?)? >= n.desk_live_max
    {
        return Ok(Issued::DeskFull);
    }
    let sql = "INSERT INTO short_number (number_hash, account, slot, scenario, desk, issued_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number_hash) DO UPDATE
               SET account = excluded.account, slot = excluded.slot, scenario = excluded.scenario,
               desk = excluded.desk, issued_at = excluded.issued_at, expires_at = excluded.expires_at, used_at = NULL
               WHERE short_number.expires_at <= excluded.issued_at";
    let args = args![n.number_hash, n.account, n.slot, n.scenario, n.desk, n.issued_at, n.expires_at];
    Ok(if tx.execute(sql, args).await? == 1 { Issued::Done } else { Issued::Taken })
}

/// Uses a number up, once. None for unknown, used, expired and another desk's alike.
pub async fn redeem(tx: &mut Tx, number_hash: &[u8], desk: &str, at: i64) -> Result<Option<Redeemed>, StoreError> {
    let sql = "UPDATE short_number SET used_at = $3
               WHERE number_hash = $1 AND desk = $2 AND used_at IS NULL AND expires_at > $3
               RETURNING account, slot, scenario";
    let row = tx.one(sql, args![number_hash, desk, at]).await?;
    row.map(|mut row| Ok(Redeemed { account: row.take()?, slot: row.take()?, scenario: row.take()? })).transpose()
}

/// Until when a desk is locked; 0 when it is not.
pub async fn desk_locked_until(tx: &mut Tx, desk: &str, at: i64) -> Result<i64, StoreError> {
    let sql = "SELECT locked_until FROM desk_lock WHERE desk = $1 AND locked_until > $2";
    let row = tx.one(sql, args![desk, at]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// How wrong numbers lock a desk.
#[derive(Debug, Clone, Copy)]
pub struct LockRule {
    /// Wrong numbers that lock it.
    pub wrong_max: u32,
    /// Counted within, microseconds.
    pub window: i64,
    /// Locked for, microseconds.
    pub lock: i64,
}

/// Counts a wrong number at a desk; true when the desk is locked by it. The deed must end in `Ok`.
pub async fn wrong(tx: &mut Tx, desk: &str, at: i64, rule: LockRule) -> Result<bool, StoreError> {
    let sql = "INSERT INTO desk_lock (desk, wrong, window_until, locked_until) VALUES ($1, 1, $2 + $3, 0)
               ON CONFLICT (desk) DO UPDATE SET
               wrong = CASE WHEN desk_lock.window_until <= $2 THEN 1 ELSE desk_lock.wrong + 1 END,
               window_until = CASE WHEN desk_lock.window_until <= $2 THEN $2 + $3 ELSE desk_lock.window_until END
               RETURNING wrong";
    if many(tx.one(sql, args![desk, at, rule.window]).await?)? < rule.wrong_max {
        return Ok(false);
    }
    let lock = "UPDATE desk_lock SET locked_until = $2, wrong = 0, window_until = 0 WHERE desk = $1";
    tx.execute(lock, args![desk, at + rule.lock]).await?;
    Ok(true)
}

/// Forgets numbers that expired before a moment, at most `rows_max`; how many.
pub async fn forget_before(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM short_number WHERE number_hash IN
               (SELECT number_hash FROM short_number WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}

fn many(row: Option<crate::db::value::Row>) -> Result<u32, StoreError> {
    row.map_or(Ok(0), |mut row| row.take())
}
