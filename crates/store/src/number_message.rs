//! How many messages a telephone number was sent lately, whichever accounts have it. It knows a number by its keyed hash, and not
//! what the messages said.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Takes one of `most` messages of a number, each free again once it was sent at `free_at` or before; false when none is free.
/// Of two that come at once for the last one, one has it: the second waits for the first one's end, and finds it taken.
pub async fn take(tx: &mut Tx, number: &[u8], most: u32, at: i64, free_at: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO number_message (number, nth, sent_at) VALUES ($1, $2, $3)
               ON CONFLICT (number, nth) DO UPDATE SET sent_at = $3 WHERE number_message.sent_at <= $4";
    for nth in 0..most {
        if tx.execute(sql, args![number, nth, at, free_at]).await? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets those that were sent before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM number_message WHERE (number, nth) IN
               (SELECT number, nth FROM number_message WHERE sent_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}
