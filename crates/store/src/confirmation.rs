//! Questions that a checker has for the holder of a shown code: asked once a token, answered once, over after a minute.
//! It does not know what the question says, nor whether the code was good.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How a question stands. One that is over stays `waiting` until somebody looks.
    State { Waiting = "waiting", Confirmed = "confirmed", Refused = "refused", Expired = "expired" }
}

/// A question.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// `cfm_…`.
    pub id: String,
    /// Who is asked.
    pub account: String,
    /// On which slot.
    pub slot: u8,
    /// The device that held the slot then.
    pub device: String,
    /// Who asks.
    pub gate: String,
    /// Where.
    pub site: u32,
    /// Slug.
    pub scenario: String,
    /// Day of the token.
    pub day: u16,
    /// Its id.
    pub token: Vec<u8>,
    /// Hash of what was shown.
    pub bytes_hash: Vec<u8>,
    /// The use that opened it.
    pub receipt: String,
    /// How it stands.
    pub state: State,
    /// Microseconds.
    pub opened_at: i64,
    /// Microseconds.
    pub until_at: i64,
}

/// Open questions that a device is shown at most; a person shows one code at a time.
const OPEN_MAX: u32 = 8;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, slot, device, gate, site, scenario, day, token, bytes_hash, receipt, state, opened_at,
             until_at FROM confirmation ",
            $tail
        )
    };
}

/// Opens a question; false when that token has one: read whose it is. A row that another deed is just writing is
/// waited for.
pub async fn open(tx: &mut Tx, c: &Confirmation) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO confirmation (id, account, slot, device, gate, site, scenario, day, token, bytes_hash, receipt,
               state, opened_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
               ON CONFLICT (day, token) DO NOTHING";
    let args = args![
        &c.id,
        &c.account,
        c.slot,
        &c.device,
        &c.gate,
        c.site,
        &c.scenario,
        c.day,
        &c.token,
        &c.bytes_hash,
        &c.receipt,
        c.state,
        c.opened_at,
        c.until_at
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The question about a token.
pub async fn of_token(tx: &mut Tx, day: u16, token: &[u8; 16]) -> Result<Option<Confirmation>, StoreError> {
    tx.one(select!("WHERE day = $1 AND token = $2"), args![day, token]).await?.map(one).transpose()
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Confirmation>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// What waits for a device at a moment, the newest first.
pub async fn waiting_for(tx: &mut Tx, device: &str, at: i64) -> Result<Vec<Confirmation>, StoreError> {
    let sql =
        select!("WHERE device = $1 AND state = 'waiting' AND until_at > $2 ORDER BY opened_at DESC, id DESC LIMIT $3");
    tx.rows(sql, args![device, at, OPEN_MAX]).await?.into_iter().map(one).collect()
}

/// Answers an open question; false when it was answered before, or is over.
pub async fn answer(tx: &mut Tx, id: &str, state: State, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE confirmation SET state = $2, answered_at = $3
               WHERE id = $1 AND state = 'waiting' AND until_at > $3";
    Ok(tx.execute(sql, args![id, state, at]).await? == 1)
}

/// Closes a question that nobody answered in time; false when somebody did, or it is not over.
pub async fn expire(tx: &mut Tx, id: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE confirmation SET state = 'expired', answered_at = $2
               WHERE id = $1 AND state = 'waiting' AND until_at <= $2";
    Ok(tx.execute(sql, args![id, at]).await? == 1)
}

/// Forgets questions that were over before a moment.
pub async fn forget_before(tx: &mut Tx, at: i64) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM confirmation WHERE until_at < $1", args![at]).await
}

fn one(mut row: Row) -> Result<Confirmation, StoreError> {
    Ok(Confirmation {
        id: row.take()?,
        account: row.take()?,
        slot: row.take()?,
        device: row.take()?,
        gate: row.take()?,
        site: row.take()?,
        scenario: row.take()?,
        day: row.take()?,
        token: row.take()?,
        bytes_hash: row.take()?,
        receipt: row.take()?,
        state: row.take()?,
        opened_at: row.take()?,
        until_at: row.take()?,
    })
}
