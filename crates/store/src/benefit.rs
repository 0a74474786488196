//! Benefits that residents hold, from a day to a day. It does not know what a number entitles to, nor who may give one.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account};

words! {
    /// Whether a benefit counts within its days.
    State { Held = "held", Ended = "ended" }
}

/// A benefit of a resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benefit {
    /// The holder.
    pub account: String,
    /// 1 to 15, as in a code's flags.
    pub number: u8,
    /// First civil day since 2020-01-01.
    pub from_day: u16,
    /// Last civil day.
    pub until_day: u16,
    /// Whose word it is: a register, or what an operator was shown.
    pub source: String,
    /// Held or ended.
    pub state: State,
    /// Microseconds.
    pub given_at: i64,
    /// Microseconds, when it was ended before its last day.
    pub ended_at: Option<i64>,
}

impl Benefit {
    /// Whether it counts on a day.
    #[must_use]
    pub fn holds_on(&self, day: u16) -> bool {
        self.state == State::Held && (self.from_day..=self.until_day).contains(&day)
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT account, number, from_day, until_day, source, state, given_at, ended_at FROM benefit ", $tail)
    };
}

/// Gives a benefit, in place of what stood under its number; raises the account's version.
pub async fn give(tx: &mut Tx, b: &Benefit) -> Result<(), StoreError> {
    account::changed(tx, &b.account).await?;
    put(tx, b).await
}

/// The same for an account that this deed made, on which nobody can rely yet.
pub async fn put(tx: &mut Tx, b: &Benefit) -> Result<(), StoreError> {
    let sql = "INSERT INTO benefit (account, number, from_day, until_day, source, state, given_at, ended_at)
               VALUES ($1, $2, $3, $4, $5, 'held', $6, NULL) ON CONFLICT (account, number) DO UPDATE SET
               from_day = excluded.from_day, until_day = excluded.until_day, source = excluded.source,
               state = 'held', given_at = excluded.given_at, ended_at = NULL";
    tx.execute(sql, args![&b.account, b.number, b.from_day, b.until_day, &b.source, b.given_at]).await.map(drop)
}

/// Ends a benefit before its last day; false when none is held under that number. Raises the account's version.
pub async fn end(tx: &mut Tx, account: &str, number: u8, at: i64) -> Result<bool, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE benefit SET state = 'ended', ended_at = $3
               WHERE account = $1 AND number = $2 AND state = 'held'";
    Ok(tx.execute(sql, args![account, number, at]).await? == 1)
}

/// The one of that number, held or ended.
pub async fn find(tx: &mut Tx, account: &str, number: u8) -> Result<Option<Benefit>, StoreError> {
    let row = tx.one(select!("WHERE account = $1 AND number = $2"), args![account, number]).await?;
    row.map(benefit).transpose()
}

/// All of an account in the order of their numbers, at most fifteen.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Benefit>, StoreError> {
    let rows = tx.rows(select!("WHERE account = $1 ORDER BY number LIMIT 15"), args![account]).await?;
    rows.into_iter().map(benefit).collect()
}

fn benefit(mut row: Row) -> Result<Benefit, StoreError> {
    Ok(Benefit {
        account: row.take()?,
        number: row.take()?,
        from_day: row.take()?,
        until_day: row.take()?,
        source: row.take()?,
        state: row.take()?,
        given_at: row.take()?,
        ended_at: row.take()?,
    })
}
