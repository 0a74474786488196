//! Deeds over keys that two persons answer for: proposed and agreed to, or done at once and looked at afterwards.
//! It does not know a key, nor who may decide.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// What is done to keys.
    What {
        PaperEs256 = "paper_es256", PaperSm2 = "paper_sm2", Tokens = "tokens", VoidTokens = "void_tokens",
        Wrapping = "wrapping", DataKey = "data_key", Role = "role", WithdrawPaper = "withdraw_paper"
    }
}

words! {
    /// How far it is; the last three were done at once.
    State {
        Proposed = "proposed", Agreed = "agreed", Refused = "refused",
        Unseen = "unseen", Seen = "seen", Disputed = "disputed"
    }
}

/// One. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct KeyDeed {
    /// `kdd_…`
    pub id: String,
    /// What.
    pub what: What,
    /// Why.
    pub reason: String,
    /// How far.
    pub state: State,
    /// Operator id; None for the server's own command line.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at: i64,
    /// Another operator's id.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// The paper key that is withdrawn.
    pub kid: Option<Vec<u8>>,
    /// Raised at each step.
    pub version: i64,
    /// Over all of it.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, what, reason, state, proposed_by, proposed_at, decided_by, decided_at, kid, version, seal
             FROM key_deed ",
            $tail
        )
    };
}

/// Adds one that waits for another person: before it is done, or after.
pub async fn insert(tx: &mut Tx, d: &KeyDeed) -> Result<(), StoreError> {
    let sql = "INSERT INTO key_deed (id, what, reason, state, proposed_by, proposed_at, kid, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (by, kid, seal) = (d.proposed_by.as_deref(), d.kid.as_deref(), d.seal.as_slice());
    let args = args![&d.id, d.what, &d.reason, d.state, by, d.proposed_at, kid, d.version, seal];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<KeyDeed>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The newest, at most 100.
pub async fn newest(tx: &mut Tx) -> Result<Vec<KeyDeed>, StoreError> {
    tx.rows(select!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(one).collect()
}

/// Writes what was decided about one that waits, by somebody else, over the version before; true for whoever is first. A
/// proposal of before `since_at` is over; what was done waits as long as it takes.
pub async fn decide(tx: &mut Tx, d: &KeyDeed, before: i64, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE key_deed SET state = $2, decided_by = $3, decided_at = $4, version = $5, seal = $6
               WHERE id = $1 AND version = $7 AND decided_by IS NULL AND (proposed_by IS NULL OR proposed_by <> $3)
               AND (state = 'unseen' OR proposed_at > $8)";
    let seal = d.seal.as_slice();
    let args = args![&d.id, d.state, d.decided_by.as_deref(), d.decided_at, d.version, seal, before, since_at];
    Ok(tx.execute(sql, args).await? == 1)
}

fn one(mut row: Row) -> Result<KeyDeed, StoreError> {
    Ok(KeyDeed {
        id: row.take()?,
        what: row.take()?,
        reason: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        kid: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
