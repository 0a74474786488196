//! Telephone numbers of accounts: when the one on file was last shown to be its owner's, and changes that wait. A change is
//! sealed by a room above, which alone can read a number. It does not know how long anything waits.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far a change is.
    State { Waiting = "waiting", Done = "done", Stopped = "stopped" }
}

words! {
    /// Who asked for a change.
    By { Owner = "owner", Officer = "officer" }
}

/// A change of number as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Change {
    /// `num_…`.
    pub id: String,
    /// Whose.
    pub account: String,
    /// Who asked.
    pub by: By,
    /// How far it is.
    pub state: State,
    /// The new number, sealed; gone once it is done or stopped.
    pub sealed_phone: Option<Vec<u8>>,
    /// Hash of the secret in the message to the old number.
    pub stop_hash: Vec<u8>,
    /// Asked.
    pub asked_at: i64,
    /// Counts from here on, unless it was stopped.
    pub due_at: i64,
    /// Done or stopped.
    pub ended_at: Option<i64>,
    /// Raised by each change of the row.
    pub version: i64,
    /// 32 bytes.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, state, sealed_phone, stop_hash, asked_at, due_at, ended_at, version, seal, asked_by
             FROM number_change ",
            $tail
        )
    };
}

/// Since when the number of an account is known to be its owner's: proven, or else since the account came.
pub async fn known_since(tx: &mut Tx, account: &str) -> Result<i64, StoreError> {
    let sql = "SELECT CASE WHEN phone_proved_at > created_at THEN phone_proved_at ELSE created_at END
               FROM account WHERE id = $1";
    tx.one(sql, args![account]).await?.map_or(Ok(0), |mut row| row.take())
}

/// Its owner answered with what a message to it said.
pub async fn proved(tx: &mut Tx, account: &str, at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE account SET phone_proved_at = $2 WHERE id = $1 AND phone_proved_at < $2";
    tx.execute(sql, args![account, at]).await.map(drop)
}

/// Asks for a change; change the account first. A second one that waits is a `Conflict`.
pub async fn insert(tx: &mut Tx, c: &Change) -> Result<(), StoreError> {
    let sql = "INSERT INTO number_change (id, account, state, sealed_phone, stop_hash, asked_at, due_at, version, seal,
                                          asked_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args = args![
        &c.id,
        &c.account,
        c.state,
        c.sealed_phone.as_deref(),
        &c.stop_hash,
        c.asked_at,
        c.due_at,
        c.version,
        &c.seal,
        c.by
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Ends one whose version is still `before`; false when somebody changed it first.
pub async fn end(tx: &mut Tx, c: &Change, before: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE number_change SET state = $3, sealed_phone = NULL, ended_at = $4, version = $5, seal = $6
               WHERE id = $1 AND version = $2";
    Ok(tx.execute(sql, args![&c.id, before, c.state, c.ended_at, c.version, &c.seal]).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Change>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(change).transpose()
}

/// By the secret in the message to the old number.
pub async fn by_stop(tx: &mut Tx, stop_hash: &[u8]) -> Result<Option<Change>, StoreError> {
    tx.one(select!("WHERE stop_hash = $1"), args![stop_hash]).await?.map(change).transpose()
}

/// The one that waits, if any.
pub async fn waiting(tx: &mut Tx, account: &str) -> Result<Option<Change>, StoreError> {
    tx.one(select!("WHERE account = $1 AND state = 'waiting'"), args![account]).await?.map(change).transpose()
}

/// Those whose time has come and whose account is active, the oldest first: others wait and hold nobody up.
pub async fn due(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
    let sql = select!(
        "WHERE state = 'waiting' AND due_at <= $1
           AND EXISTS (SELECT 1 FROM account a WHERE a.id = account AND a.state = 'active') ORDER BY due_at, id LIMIT $2"
    );
    tx.rows(sql, args![at, limit]).await?.into_iter().map(change).collect()
}

fn change(mut row: Row) -> Result<Change, StoreError> {
    Ok(Change {
        id: row.take()?,
        account: row.take()?,
        state: row.take()?,
        sealed_phone: row.take()?,
        stop_hash: row.take()?,
        asked_at: row.take()?,
        due_at: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
        by: row.take()?,
    })
}
