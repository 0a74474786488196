//! Residents' devices: the keys that sign requests, and the slots that their tokens carry.
//! It does not know private keys, and does not check signatures.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account, family_slot, tally};

words! {
    /// Whether a device may draw and sign.
    State { Live = "live", Ended = "ended" }
}

/// A device as it is stored.
#[derive(Debug, Clone)]
pub struct Device {
    /// `dev_…`.
    pub id: String,
    /// The holder.
    pub account: String,
    /// One device of one subject under one mandate.
    pub slot: u8,
    /// 1 ES256, 2 SM2-SM3.
    pub suite: u8,
    /// 33 bytes, SEC 1 compressed.
    pub public_key: Vec<u8>,
    /// What the holder calls it.
    pub label: String,
    /// Live or ended.
    pub state: State,
    /// Its key is attested by hardware.
    pub attested: bool,
    /// Microseconds.
    pub enrolled_at: i64,
    /// Microseconds; with `reason` when ended.
    pub ended_at: Option<i64>,
    /// Why it ended: lost, replaced, death, …
    pub reason: Option<String>,
}

/// Why no slot could be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSlot {
    /// As many live devices as are allowed.
    TooManyDevices,
    /// All slots were used within the days in which none is used again.
    AllResting,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT d.id, d.account, d.slot, d.suite, d.public_key, d.label, d.state, d.attested, d.enrolled_at,
             d.ended_at, d.reason FROM device d ",
            $tail
        )
    };
}

/// The lowest slot that is free and has rested since `rested_since_at`. Call `account::changed`
/// first, so that two enrolments at once don't take the same.
pub async fn free_slot(
    tx: &mut Tx,
    account: &str,
    live_max: usize,
    rested_since_at: i64,
) -> Result<Result<u8, NoSlot>, StoreError> {
    let sql = "SELECT slot, state FROM device WHERE account = $1 AND (state = 'live' OR ended_at > $2)";
    let mut taken = Vec::new();
    let mut live = 0;
    for mut row in tx.rows(sql, args![account, rested_since_at]).await? {
        taken.push(row.take::<u8>()?);
        live += usize::from(row.take::<State>()? == State::Live);
    }
    if live >= live_max {
        return Ok(Err(NoSlot::TooManyDevices));
    }
    Ok((0..family_slot::FIRST).find(|slot| !taken.contains(slot)).ok_or(NoSlot::AllResting))
}

/// Enrols a device in a free slot; raises the account's version.
pub async fn insert(tx: &mut Tx, d: &Device) -> Result<(), StoreError> {
    account::changed(tx, &d.account).await?;
    let sql = "INSERT INTO device (id, account, slot, suite, public_key, label, state, attested, enrolled_at)
               VALUES ($1, $2, $3, $4, $5, $6, 'live', $7, $8)";
    let args = args![&d.id, &d.account, d.slot, d.suite, &d.public_key, &d.label, d.attested, d.enrolled_at];
    tx.execute(sql, args).await?;
    tally::add(tx, "devices", 1).await
}

/// Notes that a device was enrolled with a counter's code.
pub async fn enrolled_by_code(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE device SET by_code = 1 WHERE id = $1", args![id]).await.map(drop)
}

/// Whether this live device of an account was enrolled with a counter's code since a moment.
pub async fn is_by_code(tx: &mut Tx, account: &str, id: &str, since_at: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM device
               WHERE id = $1 AND account = $2 AND state = 'live' AND by_code = 1 AND enrolled_at >= $3";
    Ok(tx.one(sql, args![id, account, since_at]).await?.is_some())
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Device>, StoreError> {
    tx.one(select!("WHERE d.id = $1"), args![id]).await?.map(device).transpose()
}

/// The device that signed a request, with the standing of its account: one read.
pub async fn signer(tx: &mut Tx, id: &str) -> Result<Option<(Device, account::State)>, StoreError> {
    let sql = "SELECT d.id, d.account, d.slot, d.suite, d.public_key, d.label, d.state, d.attested, d.enrolled_at,
               d.ended_at, d.reason, a.state FROM device d JOIN account a ON a.id = d.account WHERE d.id = $1";
    let Some(mut row) = tx.one(sql, args![id]).await? else { return Ok(None) };
    Ok(Some((next(&mut row)?, row.take()?)))
}

/// All devices of an account, the newest first, at most 100.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Device>, StoreError> {
    let sql = select!("WHERE d.account = $1 ORDER BY d.enrolled_at DESC, d.id LIMIT 100");
    tx.rows(sql, args![account]).await?.into_iter().map(device).collect()
}

/// Which devices an operator looks at; None is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only live, or only ended ones.
    pub state: Option<State>,
    /// Only of residents of this county, or of this city by its first four digits.
    pub region: Option<&'a str>,
}

/// A device and where its holder is registered.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The device.
    pub device: Device,
    /// GB/T 2260, 6 digits.
    pub region: String,
}

/// A page of all devices, and where to go on when there may be more.
#[derive(Debug, Clone)]
pub struct ListedPage {
    /// The newest first.
    pub items: Vec<Listed>,
    /// Pass as `before`.
    pub next: Option<String>,
}

/// All devices, the newest first, before the id of the last one seen. Looks at `scan` devices at most, so that a filter
/// that fits hardly any can't read the whole table: the page is shorter then, and `next` goes on behind them.
pub async fn page(
    tx: &mut Tx,
    before: Option<&str>,
    f: Filter<'_>,
    limit: u32,
    scan: u32,
) -> Result<ListedPage, StoreError> {
    let sql = "SELECT d.id, d.account, d.slot, d.suite, d.public_key, d.label, d.state, d.attested, d.enrolled_at,
               d.ended_at, d.reason, a.region FROM (SELECT * FROM device WHERE id < $1 ORDER BY id DESC LIMIT $2) d
               JOIN account a ON a.id = d.account WHERE ($3 IS NULL OR d.state = $3)
               AND ($4 IS NULL OR substr(a.region, 1, length($4)) = $4) ORDER BY d.id DESC LIMIT $5";
    // '~' sorts after every id.
    let before = before.unwrap_or("~");
    let args = args![before, scan, f.state.map(State::as_str), f.region, limit];
    let rows = tx.rows(sql, args).await?;
    let items = rows.into_iter().map(listed).collect::<Result<Vec<_>, _>>()?;
    let next = if items.len() == limit as usize {
        items.last().map(|row| row.device.id.clone())
    } else {
        last_looked_at(tx, before, scan).await?
    };
    Ok(ListedPage { items, next })
}

/// The id of device number `scan` from the top, when there are so many.
async fn last_looked_at(tx: &mut Tx, before: &str, scan: u32) -> Result<Option<String>, StoreError> {
    let sql = "SELECT id FROM device WHERE id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2";
    tx.one(sql, args![before, scan.saturating_sub(1)]).await?.map(|mut row| row.take()).transpose()
}

fn listed(mut row: Row) -> Result<Listed, StoreError> {
    Ok(Listed { device: next(&mut row)?, region: row.take()? })
}

/// Ends a device; None when it is not of this account or ended before. Raises the account's version.
pub async fn end(tx: &mut Tx, account: &str, id: &str, reason: &str, at: i64) -> Result<Option<u8>, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE device SET state = 'ended', ended_at = $4, reason = $3
               WHERE id = $1 AND account = $2 AND state = 'live' RETURNING slot";
    let Some(mut row) = tx.one(sql, args![id, account, reason, at]).await? else { return Ok(None) };
    tally::add(tx, "devices", -1).await?;
    row.take().map(Some)
}

/// Ends all live devices of an account (lost, death); their slots.
pub async fn end_all(tx: &mut Tx, account: &str, reason: &str, at: i64) -> Result<Vec<u8>, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE device SET state = 'ended', ended_at = $3, reason = $2
               WHERE account = $1 AND state = 'live' RETURNING slot";
    let rows = tx.rows(sql, args![account, reason, at]).await?;
    let slots = rows.into_iter().map(|mut row| row.take()).collect::<Result<Vec<u8>, _>>()?;
    tally::add(tx, "devices", -i64::try_from(slots.len()).unwrap_or(i64::MAX)).await?;
    Ok(slots)
}

fn device(mut row: Row) -> Result<Device, StoreError> {
    next(&mut row)
}

fn next(row: &mut Row) -> Result<Device, StoreError> {
    Ok(Device {
        id: row.take()?,
        account: row.take()?,
        slot: row.take()?,
        suite: row.take()?,
        public_key: row.take()?,
        label: row.take()?,
        state: row.take()?,
        attested: row.take()?,
        enrolled_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
    })
}
