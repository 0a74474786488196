//! The counters behind the one-time tokens: one row a (account, slot, day), and no token.
//! It does not sign, and does not know keys: it is given a hash of those that a request brought.

use crate::db::value::args;
use crate::standing::{Standing, standing_of};
use crate::{StoreError, Tx, account, device};

/// What the draw of a device turns on.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The 8 random bytes inside each token id.
    pub handle: [u8; 8],
    /// The account's standing.
    pub state: account::State,
    /// 0 to 2.
    pub proofing: u8,
    /// Sealed by field in custody.
    pub sealed_id_number: Vec<u8>,
    /// The device; `None` when the account has no such one in that slot.
    pub device: Option<device::Device>,
    /// T1 and T0 that the slot has drawn for the day; for [`take`], which trusts it no further than it finds it so.
    pub drawn: Option<(u16, u16)>,
    /// The benefits held on the day, bit n for number n; none where they were not asked for.
    pub held: u16,
}

pub(crate) const FIRST: &str =
    "INSERT INTO draw (account, slot, day, t1_count, t0_count, request_id, keys_hash, t1_from, t0_from, drawn_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) ON CONFLICT DO NOTHING";
pub(crate) const AS_SEEN: &str =
    "UPDATE draw SET t1_from = $4, t0_from = $5, t1_count = $6, t0_count = $7, request_id = $8, keys_hash = $9,
     drawn_at = $10 WHERE account = $1 AND slot = $2 AND day = $3 AND t1_count = $4 AND t0_count = $5
     AND request_id <> $8";

macro_rules! holder_and {
    ($benefits:literal) => {
        concat!(
            "SELECT ",
            standing_of!("a."),
            ", a.sealed_id_number, r.t1_count, r.t0_count, ",
            $benefits,
            ", ",
            device::columns!("d"),
            " FROM account a LEFT JOIN device d ON d.id = $2 AND d.account = a.id AND d.slot = $3
             LEFT JOIN draw r ON r.account = a.id AND r.slot = $3 AND r.day = $4 WHERE a.id = $1"
        )
    };
}

/// An account, one of its devices, the counters of a slot and day, and where `benefits` are asked for those of the day, in one
/// read; `None` when there is no such account. Account and device stay as read until this deed is durable.
pub async fn holder(
    tx: &mut Tx,
    account: &str,
    device: &str,
    (slot, day): (u8, u16),
    benefits: bool,
) -> Result<Option<Holder>, StoreError> {
    account::rely_on(tx, account).await?;
    let sql = if benefits {
        holder_and!(
            "(SELECT sum(1 << CAST(b.number AS int)) FROM benefit b
              WHERE b.account = a.id AND b.state = 'held' AND b.from_day <= $4 AND b.until_day >= $4)"
        )
    } else {
        holder_and!("0")
    };
    let Some(mut row) = tx.one(sql, args![account, device, slot, day]).await? else { return Ok(None) };
    let Standing { handle, state, proofing, .. } = Standing::read(tx, account, &mut row)?;
    let sealed_id_number = row.take()?;
    let (t1_count, t0_count): (Option<u16>, Option<u16>) = (row.take()?, row.take()?);
    let held: Option<u16> = row.take()?;
    let (device, drawn) = (device::last_of(&mut row)?, t1_count.zip(t0_count));
    Ok(Some(Holder { handle, state, proofing, sealed_id_number, device, drawn, held: held.unwrap_or_default() }))
}

/// A request for tokens of one day.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Whose.
    pub account: &'a str,
    /// Of which device.
    pub slot: u8,
    /// Civil day since 2020-01-01.
    pub day: u16,
    /// The device's own name for the request; the same one comes again after a lost reply.
    pub request_id: &'a str,
    /// SHA-256 over the request's holder keys and counts.
    pub keys_hash: &'a [u8; 32],
    /// T1 asked for.
    pub t1: u16,
    /// T0 asked for.
    pub t0: u16,
    /// T1 a slot and day at most.
    pub t1_max: u16,
    /// T0 a slot and day at most.
    pub t0_max: u16,
    /// What the slot had drawn for the day when it was looked at, if it was: a hint, which saves a statement.
    pub seen: Option<(u16, u16)>,
    /// Microseconds.
    pub at: i64,
}

/// What a request gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// The first number of each form; they count up from there.
    Numbers {
        /// First T1 number.
        t1_from: u16,
        /// First T0 number.
        t0_from: u16,
        /// The same request came before: sign the same again.
        again: bool,
    },
    /// The same request id with other keys.
    OtherKeys,
    /// More than a day's tokens; how many are left.
    CapReached {
        /// T1 left.
        t1_left: u16,
        /// T0 left.
        t0_left: u16,
    },
}

/// Takes numbers for a request, or finds those that it got before.
pub async fn take(tx: &mut Tx, r: &Request<'_>) -> Result<Drawn, StoreError> {
    if r.t1 > r.t1_max || r.t0 > r.t0_max {
        return Ok(Drawn::CapReached { t1_left: r.t1_max, t0_left: r.t0_max });
    }
    tx.make_day(r.day).await?;
    if let Some(drawn) = take_as_seen(tx, r).await? {
        return Ok(drawn);
    }
    let args = args![r.account, r.slot, r.day, r.t1, r.t0, r.request_id, r.keys_hash, r.at];
    if tx.execute(FIRST, args).await? == 1 {
        return Ok(Drawn::Numbers { t1_from: 0, t0_from: 0, again: false });
    }
    let more = "UPDATE draw SET t1_from = t1_count, t0_from = t0_count, t1_count = t1_count + $4,
                t0_count = t0_count + $5, request_id = $6, keys_hash = $7, drawn_at = $8
                WHERE account = $1 AND slot = $2 AND day = $3 AND request_id <> $6
                AND t1_count + $4 <= $9 AND t0_count + $5 <= $10 RETURNING t1_from, t0_from";
    let args = args![r.account, r.slot, r.day, r.t1, r.t0, r.request_id, r.keys_hash, r.at, r.t1_max, r.t0_max];
    match tx.one(more, args).await? {
        Some(mut row) => Ok(Drawn::Numbers { t1_from: row.take()?, t0_from: row.take()?, again: false }),
        None => why_not(tx, r).await,
    }
}

/// Numbers behind the counters that were seen, if they still stand so and reach no cap. Without RETURNING, for which SQLite
/// makes a table of its own.
async fn take_as_seen(tx: &mut Tx, r: &Request<'_>) -> Result<Option<Drawn>, StoreError> {
    let Some((t1_from, t0_from)) = r.seen else { return Ok(None) };
    let (t1, t0) = (t1_from.saturating_add(r.t1), t0_from.saturating_add(r.t0));
    if t1 > r.t1_max || t0 > r.t0_max {
        return Ok(None);
    }
    let args = args![r.account, r.slot, r.day, t1_from, t0_from, t1, t0, r.request_id, r.keys_hash, r.at];
    let taken = tx.execute(AS_SEEN, args).await? == 1;
    Ok(taken.then_some(Drawn::Numbers { t1_from, t0_from, again: false }))
}

async fn why_not(tx: &mut Tx, r: &Request<'_>) -> Result<Drawn, StoreError> {
    let sql = "SELECT request_id, keys_hash, t1_from, t0_from, t1_count, t0_count FROM draw
               WHERE account = $1 AND slot = $2 AND day = $3";
    let row = tx.one(sql, args![r.account, r.slot, r.day]).await?;
    let mut row = row.ok_or(StoreError::Inconsistent("draw: a row that stood is gone"))?;
    let (request_id, keys_hash): (String, [u8; 32]) = (row.take()?, row.take()?);
    let (t1_from, t0_from): (u16, u16) = (row.take()?, row.take()?);
    let (t1_count, t0_count): (u16, u16) = (row.take()?, row.take()?);
    if request_id != r.request_id {
        let left = |max: u16, count: u16| max.saturating_sub(count);
        return Ok(Drawn::CapReached { t1_left: left(r.t1_max, t1_count), t0_left: left(r.t0_max, t0_count) });
    }
    if keys_hash != *r.keys_hash {
        return Ok(Drawn::OtherKeys);
    }
    Ok(Drawn::Numbers { t1_from, t0_from, again: true })
}

/// How many of each form (T1, T0) a slot has drawn for a day.
pub async fn counts(tx: &mut Tx, account: &str, slot: u8, day: u16) -> Result<(u16, u16), StoreError> {
    let sql = "SELECT t1_count, t0_count FROM draw WHERE account = $1 AND slot = $2 AND day = $3";
    let row = tx.one(sql, args![account, slot, day]).await?;
    row.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))
}

/// When a slot drew last for these days, Unix microseconds; each day is looked up by its key.
pub async fn last_drawn(
    tx: &mut Tx,
    account: &str,
    slot: u8,
    days: std::ops::RangeInclusive<u16>,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT drawn_at FROM draw WHERE account = $1 AND slot = $2 AND day = $3";
    let mut last = None;
    for day in days {
        let drawn = tx.one(sql, args![account, slot, day]).await?;
        last = last.max(drawn.map(|mut row| row.take()).transpose()?);
    }
    Ok(last)
}
