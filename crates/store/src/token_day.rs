//! What ends with a token's day: its burns, draw counters, withdrawals, wrong MACs and capped shows.
//! It does not know how long a day is kept.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Makes room for the rows of a day, ahead of its first code. A deed that meets a day without room
/// makes it itself, so this only spares the first one the wait.
pub async fn make(tx: &mut Tx, day: u16) -> Result<(), StoreError> {
    tx.make_day(day).await
}

/// Forgets rows of the days before `day`, at most `rows_max` of each kind; true when more may be left.
/// On PostgreSQL whole days of burns and draws are dropped at once, whatever they hold.
pub async fn forget_before(tx: &mut Tx, day: u16, rows_max: u32) -> Result<bool, StoreError> {
    let tables: &[&str] = if tx.drop_days_before(day).await? { &DELETES[..3] } else { &DELETES };
    let mut more = false;
    for sql in tables {
        more |= tx.execute(sql, args![day, rows_max]).await? >= u64::from(rows_max);
    }
    Ok(more)
}

macro_rules! delete {
    ($table:literal, $key:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE day < $1 ORDER BY ",
            $key,
            " LIMIT $2)"
        )
    };
}

/// The last two are the ones that PostgreSQL keeps in partitions.
const DELETES: [&str; 5] = [
    delete!("bad_mac", "day, id"),
    delete!("form_use", "day, scenario, form, holder"),
    delete!("withdrawal", "day, account, slot"),
    delete!("burn", "day, id"),
    delete!("draw", "day, account, slot"),
];
