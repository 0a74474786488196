//! Visits at a counter: begun by an officer, opened at a kiosk, ended by time, by either of the two, or by the next one there.
//! A row is changed by compare on its version, and carries a seal that this room neither makes nor judges. It does not know
//! what a listed deed is.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far it is. One that is over by time alone keeps its word until somebody looks.
    State { Waiting = "waiting", Open = "open", Ended = "ended" }
}

words! {
    /// How the officer saw who it is.
    Seen { Card = "card", Code = "code" }
}

/// A visit as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Visit {
    /// `vis_…`, in time order.
    pub id: String,
    /// Who visits.
    pub account: String,
    /// The operator who helps.
    pub officer: String,
    /// The place.
    pub site: u32,
    /// Which kiosk there.
    pub kiosk: String,
    /// How the officer saw who it is.
    pub seen: Seen,
    /// The use of the check of a code, for a code.
    pub receipt: Option<String>,
    /// Words of deeds, parted by spaces.
    pub deeds: String,
    /// How far.
    pub state: State,
    /// Hash of the code that opens it.
    pub code_hash: Vec<u8>,
    /// The kiosk's session.
    pub session: Option<String>,
    /// The use of the officer.
    pub begun_use: String,
    /// Begun.
    pub begun_at: i64,
    /// Over, in any case.
    pub until_at: i64,
    /// Ended before.
    pub ended_at: Option<i64>,
    /// `officer`, `resident`, `next`, …
    pub reason: Option<String>,
    /// Raised by each change.
    pub version: i64,
    /// 32 bytes.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, officer, site, kiosk, seen, receipt, deeds, state, code_hash, session, begun_use, begun_at,
             until_at, ended_at, reason, version, seal FROM visit ",
            $tail
        )
    };
}

/// Begins one; change the account first. A second one that stands at the same kiosk, or of the same receipt, is a `Conflict`.
pub async fn insert(tx: &mut Tx, v: &Visit) -> Result<(), StoreError> {
    let sql = "INSERT INTO visit (id, account, officer, site, kiosk, seen, receipt, deeds, state, code_hash, begun_use,
               begun_at, until_at, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let args = args![
        &v.id,
        &v.account,
        &v.officer,
        v.site,
        &v.kiosk,
        v.seen,
        v.receipt.as_deref(),
        &v.deeds,
        v.state,
        &v.code_hash,
        &v.begun_use,
        v.begun_at,
        v.until_at,
        v.version,
        &v.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Writes what may change of a row whose version is still `before`; false when somebody changed it first.
pub async fn change(tx: &mut Tx, v: &Visit, before: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE visit SET state = $3, session = $4, ended_at = $5, reason = $6, version = $7, seal = $8
               WHERE id = $1 AND version = $2";
    let args = args![&v.id, before, v.state, v.session.as_deref(), v.ended_at, v.reason.as_deref(), v.version, &v.seal];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Visit>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(visit).transpose()
}

/// The one that waits for this code.
pub async fn by_code(tx: &mut Tx, code_hash: &[u8]) -> Result<Option<Visit>, StoreError> {
    tx.one(select!("WHERE code_hash = $1 AND state = 'waiting'"), args![code_hash]).await?.map(visit).transpose()
}

/// The one of a kiosk's session.
pub async fn of_session(tx: &mut Tx, session: &str) -> Result<Option<Visit>, StoreError> {
    tx.one(select!("WHERE session = $1"), args![session]).await?.map(visit).transpose()
}

/// The one that stands at a kiosk, in its time or not.
pub async fn at_kiosk(tx: &mut Tx, site: u32, kiosk: &str) -> Result<Option<Visit>, StoreError> {
    let sql = select!("WHERE site = $1 AND kiosk = $2 AND state IN ('waiting', 'open')");
    tx.one(sql, args![site, kiosk]).await?.map(visit).transpose()
}

/// An officer's newest since a moment, at most 50.
pub async fn of_officer(tx: &mut Tx, officer: &str, since_at: i64) -> Result<Vec<Visit>, StoreError> {
    let sql = select!("WHERE officer = $1 AND begun_at >= $2 ORDER BY id DESC LIMIT 50");
    tx.rows(sql, args![officer, since_at]).await?.into_iter().map(visit).collect()
}

fn visit(mut row: Row) -> Result<Visit, StoreError> {
    Ok(Visit {
        id: row.take()?,
        account: row.take()?,
        officer: row.take()?,
        site: row.take()?,
        kiosk: row.take()?,
        seen: row.take()?,
        receipt: row.take()?,
        deeds: row.take()?,
        state: row.take()?,
        code_hash: row.take()?,
        session: row.take()?,
        begun_use: row.take()?,
        begun_at: row.take()?,
        until_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
