//! What enters the urgent list: the slots whose tokens of a day are no longer good.
//! It does not know token ids: those are made from the handle and the counts, in custody.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A slot and day that is withdrawn, with what is needed to make its token ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Civil day since 2020-01-01.
    pub day: u16,
    /// The account's handle.
    pub handle: [u8; 8],
    /// The slot.
    pub slot: u8,
    /// Suite byte of the newest device in it, under which its tokens were drawn.
    pub suite: Option<u8>,
    /// T1 drawn: numbers 0..t1_count.
    pub t1_count: u16,
}

/// What was drawn for $2 and later, of an account ($1) and where they are named of a slot ($5). `$days` finds the days: where
/// they lie in one table each is found by its first row, so that nobody else's draws are read.
macro_rules! withdraw {
    ($days:literal, $whose:literal) => {
        concat!(
            "INSERT INTO withdrawal (day, account, slot, reason, withdrawn_at)
             SELECT day, account, slot, $3, $4 FROM draw WHERE account = $1 AND day ",
            $days,
            $whose,
            " ON CONFLICT DO NOTHING"
        )
    };
}
macro_rules! in_one_table {
    ($whose:literal) => {
        withdraw!(
            "IN (WITH RECURSIVE days (day) AS (SELECT min(day) FROM draw WHERE day >= $2 UNION ALL
               SELECT (SELECT min(d.day) FROM draw d WHERE d.day > days.day) FROM days WHERE days.day IS NOT NULL)
             SELECT day FROM days)",
            $whose
        )
    };
}
pub(crate) const SLOT_IN_ONE_TABLE: &str = in_one_table!(" AND slot = $5");
pub(crate) const ACCOUNT_IN_ONE_TABLE: &str = in_one_table!("");

/// Withdraws what a slot drew for `from_day` and later; how many days that were.
/// Call `account::changed` (or `device::end`) first.
pub async fn slot(
    tx: &mut Tx,
    account: &str,
    slot: u8,
    from_day: u16,
    reason: &str,
    at: i64,
) -> Result<u64, StoreError> {
    let apart = withdraw!(">= $2", " AND slot = $5");
    let sql = if tx.keeps_days_apart() { apart } else { SLOT_IN_ONE_TABLE };
    tx.execute(sql, args![account, from_day, reason, at, slot]).await
}

/// Withdraws what all slots of an account drew for `from_day` and later (death, suspension).
pub async fn account(tx: &mut Tx, account: &str, from_day: u16, reason: &str, at: i64) -> Result<u64, StoreError> {
    let apart = withdraw!(">= $2", "");
    let sql = if tx.keeps_days_apart() { apart } else { ACCOUNT_IN_ONE_TABLE };
    tx.execute(sql, args![account, from_day, reason, at]).await
}

/// Withdraws what was drawn in these slots of these accounts: a device or a mandate ended.
pub async fn slots(
    tx: &mut Tx,
    slots: &[(String, u8)],
    from_day: u16,
    reason: &str,
    at: i64,
) -> Result<(), StoreError> {
    for (account, number) in slots {
        slot(tx, account, *number, from_day, reason, at).await?;
    }
    Ok(())
}

/// Takes back the withdrawals of one reason (a suspension that ends).
pub async fn undo(tx: &mut Tx, account: &str, reason: &str) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM withdrawal WHERE account = $1 AND reason = $2", args![account, reason]).await
}

/// A look-up for each withdrawal, and never a walk through what a whole province drew.
pub(crate) const LIST: &str = "SELECT w.day, (SELECT handle FROM account WHERE id = w.account), w.slot,
    coalesce((SELECT suite FROM device WHERE account = w.account AND slot = w.slot ORDER BY enrolled_at DESC LIMIT 1),
      (SELECT suite FROM left_slot WHERE account = w.account AND slot = w.slot),
      (SELECT suite FROM family_slot WHERE principal = w.account AND slot = w.slot ORDER BY taken_at DESC LIMIT 1)),
    (SELECT t1_count FROM draw WHERE account = w.account AND slot = w.slot AND day = w.day)
    FROM withdrawal w WHERE w.day >= $1 ORDER BY w.day, w.account, w.slot";

/// All that can still be shown, for the urgent list.
pub async fn list(tx: &mut Tx, from_day: u16) -> Result<Vec<Withdrawn>, StoreError> {
    let rows = tx.rows(LIST, args![from_day]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Withdrawn {
                day: row.take()?,
                handle: row.take()?,
                slot: row.take()?,
                suite: row.take()?,
                t1_count: row.take()?,
            })
        })
        .collect()
}
