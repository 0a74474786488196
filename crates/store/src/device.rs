//! Residents' devices: the keys that sign requests, and the slots that their tokens carry.
//! It does not know private keys, and does not check signatures.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account, family_slot, tally};

words! {
    /// Whether a device may draw and sign. A suspended one waits for the end of a recovery's hold: it may do nothing but stop
    /// that recovery.
    State { Live = "live", Suspended = "suspended", Ended = "ended" }
}

/// The state of the device with an alias: the column says `live` of one that waits, so that its slot stays taken.
macro_rules! state_of {
    ($d:literal) => {
        concat!(
            "CASE WHEN ",
            $d,
            ".state = 'live' AND ",
            $d,
            ".suspended_until IS NOT NULL THEN 'suspended' ELSE ",
            $d,
            ".state END"
        )
    };
}
pub(crate) use state_of;

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
    /// It was enrolled with a counter's code.
    pub by_code: bool,
    /// Microseconds: until when it waits at the longest, since a recovery did not keep it.
    pub suspended_until: Option<i64>,
    /// Raised at each change.
    pub version: i64,
    /// Over what it opens things by, made and checked by province. Empty in a row of before there were seals.
    pub seal: Vec<u8>,
}

/// Why no slot could be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSlot {
    /// As many live devices as are allowed.
    TooManyDevices,
    /// All slots were used within the days in which none is used again.
    AllResting,
}

/// The columns of the device with an alias, in the order in which [`next`] takes them.
macro_rules! columns {
    ($d:literal) => {
        concat!(
            $d,
            ".id, ",
            $d,
            ".account, ",
            $d,
            ".slot, ",
            $d,
            ".suite, ",
            $d,
            ".public_key, ",
            $d,
            ".label, ",
            crate::device::state_of!($d),
            ", ",
            $d,
            ".attested, ",
            $d,
            ".enrolled_at, ",
            $d,
            ".ended_at, ",
            $d,
            ".reason, ",
            $d,
            ".by_code, ",
            $d,
            ".suspended_until, ",
            $d,
            ".version, ",
            $d,
            ".seal"
        )
    };
}
pub(crate) use columns;

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT ", columns!("d"), " FROM device d ", $tail)
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
    let (taken, live) = taken(tx, account, rested_since_at).await?;
    if live >= live_max {
        return Ok(Err(NoSlot::TooManyDevices));
    }
    Ok(lowest(&taken).ok_or(NoSlot::AllResting))
}

/// The slots that nobody takes now, and how many devices are live; one that waits holds its slot and is not counted, since its
/// holder may have lost it.
async fn taken(tx: &mut Tx, account: &str, rested_since_at: i64) -> Result<(Vec<u8>, usize), StoreError> {
    let sql = concat!(
        "SELECT d.slot, ",
        state_of!("d"),
        " FROM device d WHERE d.account = $1 AND (d.state = 'live' OR d.ended_at > $2)
         UNION ALL SELECT slot, 'ended' FROM left_slot WHERE account = $1 AND left_at > $2"
    );
    let mut taken = Vec::new();
    let mut live = 0;
    for mut row in tx.rows(sql, args![account, rested_since_at]).await? {
        taken.push(row.take::<u8>()?);
        live += usize::from(row.take::<State>()? == State::Live);
    }
    Ok((taken, live))
}

fn lowest(taken: &[u8]) -> Option<u8> {
    (0..family_slot::FIRST).find(|slot| !taken.contains(slot))
}

/// Enrols a device in a free slot; raises the account's version.
pub async fn insert(tx: &mut Tx, d: &Device) -> Result<(), StoreError> {
    account::changed(tx, &d.account).await?;
    let sql = "INSERT INTO device (id, account, slot, suite, public_key, label, state, attested, enrolled_at, by_code,
                 version, seal) VALUES ($1, $2, $3, $4, $5, $6, 'live', $7, $8, $9, $10, $11)";
    let args = args![
        &d.id,
        &d.account,
        d.slot,
        d.suite,
        &d.public_key,
        &d.label,
        d.attested,
        d.enrolled_at,
        d.by_code,
        d.version,
        &d.seal
    ];
    tx.execute(sql, args).await?;
    tally::add(tx, "devices", 1).await
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Device>, StoreError> {
    tx.one(select!("WHERE d.id = $1"), args![id]).await?.map(device).transpose()
}

/// The device that signed a request, with the standing of its account: one read.
pub async fn signer(tx: &mut Tx, id: &str) -> Result<Option<(Device, account::State)>, StoreError> {
    let sql =
        concat!("SELECT ", columns!("d"), ", a.state FROM device d JOIN account a ON a.id = d.account WHERE d.id = $1");
    let Some(mut row) = tx.one(sql, args![id]).await? else { return Ok(None) };
    Ok(Some((next(&mut row)?, row.take()?)))
}

/// All devices of an account, the newest first, at most 100.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Device>, StoreError> {
    let sql = select!("WHERE d.account = $1 ORDER BY d.enrolled_at DESC, d.id LIMIT 100");
    tx.rows(sql, args![account]).await?.into_iter().map(device).collect()
}

/// All of an account that hold their slot: live ones and those that wait, the newest first.
pub async fn standing_of(tx: &mut Tx, account: &str) -> Result<Vec<Device>, StoreError> {
    let sql = select!("WHERE d.account = $1 AND d.state = 'live' ORDER BY d.enrolled_at DESC, d.id");
    tx.rows(sql, args![account]).await?.into_iter().map(device).collect()
}

/// Which devices an operator looks at; None is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only live, only waiting or only ended ones.
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
    let sql = concat!(
        "SELECT ",
        columns!("d"),
        ", a.region FROM (SELECT * FROM device WHERE id < $1 ORDER BY id DESC LIMIT $2) d
         JOIN account a ON a.id = d.account WHERE ($3 IS NULL OR ",
        state_of!("d"),
        " = $3) AND ($4 IS NULL OR substr(a.region, 1, length($4)) = $4) ORDER BY d.id DESC LIMIT $5"
    );
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

/// Writes a device that ended; false when somebody changed it first. Raises the account's version.
pub async fn end(tx: &mut Tx, d: &Device) -> Result<bool, StoreError> {
    let done = change(tx, d).await?;
    if done {
        tally::add(tx, "devices", -1).await?;
    }
    Ok(done)
}

/// Writes a device that waits from now on; false when somebody changed it first. What it drew is withdrawn by the caller.
/// Raises the account's version.
pub async fn suspend(tx: &mut Tx, d: &Device) -> Result<bool, StoreError> {
    change(tx, d).await
}

/// The slot in which a device that waits can go on: another one, since what it drew in its own is withdrawn for good. `None`
/// when it does not wait, or when every slot is taken or rests: it goes on waiting then. Call `account::changed` first.
pub async fn slot_to_go_on(tx: &mut Tx, d: &Device, rested_since_at: i64) -> Result<Option<u8>, StoreError> {
    if d.state != State::Suspended {
        return Ok(None);
    }
    // A slot is its newest device's, for checks and for what is withdrawn: none that a newer one ever had.
    let (mut taken, _) = taken(tx, &d.account, rested_since_at).await?;
    let newer = "SELECT slot FROM device WHERE account = $1 AND enrolled_at >= $2";
    for mut row in tx.rows(newer, args![&d.account, d.enrolled_at]).await? {
        taken.push(row.take()?);
    }
    Ok(lowest(&taken))
}

/// Writes a device that goes on in a new slot, and lets the one that it left rest; false when somebody changed it first.
/// Raises the account's version.
pub async fn resume(tx: &mut Tx, d: &Device, left: u8, at: i64) -> Result<bool, StoreError> {
    if !change(tx, d).await? {
        return Ok(false);
    }
    let leave = "INSERT INTO left_slot (account, slot, suite, left_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (account, slot) DO UPDATE SET suite = $3, left_at = $4";
    tx.execute(leave, args![&d.account, left, d.suite, at]).await?;
    Ok(true)
}

/// Writes what changes in a device, one version on and under its new seal, if the version before still stands.
async fn change(tx: &mut Tx, d: &Device) -> Result<bool, StoreError> {
    account::changed(tx, &d.account).await?;
    let sql = "UPDATE device SET slot = $3, state = $4, suspended_until = $5, ended_at = $6, reason = $7, version = $8,
                 seal = $9 WHERE id = $1 AND version = $2";
    let state = if d.state == State::Ended { State::Ended } else { State::Live };
    let args = args![
        &d.id,
        d.version - 1,
        d.slot,
        state,
        d.suspended_until,
        d.ended_at,
        d.reason.as_deref(),
        d.version,
        &d.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Whether this device waits.
pub async fn is_suspended(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM device WHERE id = $1 AND state = 'live' AND suspended_until IS NOT NULL";
    Ok(tx.one(sql, args![id]).await?.is_some())
}

/// Devices whose waiting is over at a moment, in the order of that.
pub async fn suspended_over(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Device>, StoreError> {
    let sql = select!(
        "WHERE d.state = 'live' AND d.suspended_until IS NOT NULL AND d.suspended_until <= $1
         ORDER BY d.suspended_until LIMIT $2"
    );
    tx.rows(sql, args![at, limit]).await?.into_iter().map(device).collect()
}

fn device(mut row: Row) -> Result<Device, StoreError> {
    next(&mut row)
}

pub(crate) fn next(row: &mut Row) -> Result<Device, StoreError> {
    let id = row.take()?;
    rest(id, row)
}

/// One that may be missing, whose columns are the last of the row.
pub(crate) fn last_of(row: &mut Row) -> Result<Option<Device>, StoreError> {
    let id: Option<String> = row.take()?;
    id.map(|id| rest(id, row)).transpose()
}

fn rest(id: String, row: &mut Row) -> Result<Device, StoreError> {
    Ok(Device {
        id,
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
        by_code: row.take()?,
        suspended_until: row.take()?,
        version: row.take()?,
        seal: row.take::<Option<Vec<u8>>>()?.unwrap_or_default(),
    })
}
