//! Gates and checkers: the keys they sign in with, how they lag, and which uploads came.
//! It does not know their keys, only hashes.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, tally};

words! {
    /// Whether a gate may ask.
    State { Live = "live", Ended = "ended" }
}

/// A gate.
#[derive(Debug, Clone)]
pub struct Gate {
    /// `gat_…`.
    pub id: String,
    /// What operators call it.
    pub name: String,
    /// Where it stands.
    pub site: u32,
    /// Scenario slug.
    pub scenario: String,
    /// Hash of its key, shown once.
    pub key_hash: Vec<u8>,
    /// Live or ended.
    pub state: State,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub ended_at: Option<i64>,
    /// What it said last.
    pub seen: Option<Seen>,
}

/// What a gate says of itself when it syncs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Microseconds, the server's clock.
    pub at: i64,
    /// Version of its bundle.
    pub bundle_version: i64,
    /// Records that wait for upload.
    pub spool: u32,
    /// Its clock less the server's.
    pub clock_off_s: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, name, site, scenario, key_hash, state, created_at, ended_at, last_seen_at, bundle_version,
             spool, clock_off_s FROM gate ",
            $tail
        )
    };
}

/// Adds a gate; its `seen` starts empty.
pub async fn insert(tx: &mut Tx, g: &Gate) -> Result<(), StoreError> {
    let sql = "INSERT INTO gate (id, name, site, scenario, key_hash, state, created_at)
               VALUES ($1, $2, $3, $4, $5, 'live', $6)";
    tx.execute(sql, args![&g.id, &g.name, g.site, &g.scenario, &g.key_hash, g.created_at]).await?;
    tally::add(tx, "gates", 1).await
}

/// By the hash of its key.
pub async fn by_key(tx: &mut Tx, key_hash: &[u8]) -> Result<Option<Gate>, StoreError> {
    tx.one(select!("WHERE key_hash = $1"), args![key_hash]).await?.map(one).transpose()
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Gate>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// By id, inside a deed that relies on it: it stays as read until this deed is durable.
pub async fn rely_on(tx: &mut Tx, id: &str) -> Result<Option<Gate>, StoreError> {
    tx.rely_on(Hot::Gate, id).await?;
    find(tx, id).await
}

/// In order of id, after the last one seen.
pub async fn page(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Gate>, StoreError> {
    let sql = select!("WHERE id > $1 ORDER BY id LIMIT $2");
    tx.rows(sql, args![after, limit]).await?.into_iter().map(one).collect()
}

/// Which gates an operator looks at; None is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only live, or only ended ones.
    pub state: Option<State>,
    /// Only live ones that were not seen since this moment, or hold a bundle before this version.
    pub late: Option<(i64, i64)>,
    /// Only with this in their name, or of this id or scenario.
    pub text: Option<&'a str>,
}

/// In order of id, after the last one seen, those that fit.
pub async fn listed(tx: &mut Tx, after: &str, f: Filter<'_>, limit: u32) -> Result<Vec<Gate>, StoreError> {
    let sql = select!(
        "WHERE id > $1 AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR (state = 'live' AND
         (last_seen_at IS NULL OR last_seen_at < $3 OR bundle_version < $4)))
         AND ($5 IS NULL OR name LIKE '%' || $5 || '%' OR id = $5 OR scenario = $5) ORDER BY id LIMIT $6"
    );
    let (seen_before, version) = f.late.unzip();
    let args = args![after, f.state.map(State::as_str), seen_before, version, f.text, limit];
    tx.rows(sql, args).await?.into_iter().map(one).collect()
}

/// Ends a gate: its key opens nothing any more. False when it was not live.
pub async fn end(tx: &mut Tx, id: &str, at: i64) -> Result<bool, StoreError> {
    tx.change(Hot::Gate, id).await?;
    let sql = "UPDATE gate SET state = 'ended', ended_at = $2 WHERE id = $1 AND state = 'live'";
    let ended = tx.execute(sql, args![id, at]).await? == 1;
    tally::add(tx, "gates", -i64::from(ended)).await?;
    Ok(ended)
}

/// Notes what a gate says of itself.
pub async fn seen(tx: &mut Tx, id: &str, s: &Seen) -> Result<bool, StoreError> {
    let sql = "UPDATE gate SET last_seen_at = $2, bundle_version = $3, spool = $4, clock_off_s = $5 WHERE id = $1";
    Ok(tx.execute(sql, args![id, s.at, s.bundle_version, s.spool, s.clock_off_s]).await? == 1)
}

/// Notes an upload; false when it came before, and nothing of it must be stored again.
pub async fn batch(tx: &mut Tx, gate: &str, batch_id: &str, items: u32, at: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO gate_batch (gate, batch_id, items, received_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (gate, batch_id) DO NOTHING";
    Ok(tx.execute(sql, args![gate, batch_id, items, at]).await? == 1)
}

fn one(mut row: Row) -> Result<Gate, StoreError> {
    Ok(Gate {
        id: row.take()?,
        name: row.take()?,
        site: row.take()?,
        scenario: row.take()?,
        key_hash: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        ended_at: row.take()?,
        seen: last_seen(&mut row)?,
    })
}

fn last_seen(row: &mut Row) -> Result<Option<Seen>, StoreError> {
    let (at, bundle_version): (Option<i64>, Option<i64>) = (row.take()?, row.take()?);
    let (spool, clock_off_s): (Option<u32>, Option<i64>) = (row.take()?, row.take()?);
    Ok(at.zip(bundle_version).zip(spool.zip(clock_off_s)).map(|((at, bundle_version), (spool, clock_off_s))| Seen {
        at,
        bundle_version,
        spool,
        clock_off_s,
    }))
}

/// Forgets that batches came before a moment, so many at a time; how many. One that comes again after that is counted again.
pub async fn forget_batches_before(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM gate_batch WHERE (gate, batch_id) IN
               (SELECT gate, batch_id FROM gate_batch WHERE received_at < $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}
