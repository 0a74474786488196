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
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, what, reason, state, proposed_by, proposed_at, decided_by, decided_at, kid FROM key_deed ",
            $tail
        )
    };
}

/// Adds one that waits for another person: before it is done, or after.
pub async fn insert(tx: &mut Tx, d: &KeyDeed) -> Result<(), StoreError> {
    let sql = "INSERT INTO key_deed (id, what, reason, state, proposed_by, proposed_at, kid)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let args = args![&d.id, d.what, &d.reason, d.state, d.proposed_by.as_deref(), d.proposed_at, d.kid.as_deref()];
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

/// Decides one that waits, by somebody else; true for whoever is first. A proposal of before `since_at` is over; what was
/// done waits as long as it takes.
pub async fn decide(
    tx: &mut Tx,
    id: &str,
    (from, to): (State, State),
    by: &str,
    (since_at, at): (i64, i64),
) -> Result<bool, StoreError> {
    let sql = "UPDATE key_deed SET state = $3, decided_by = $4, decided_at = $5
               WHERE id = $1 AND state = $2 AND decided_by IS NULL AND (proposed_by IS NULL OR proposed_by <> $4)
               AND (state = 'unseen' OR proposed_at > $6)";
    Ok(tx.execute(sql, args![id, from, to, by, at, since_at]).await? == 1)
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
    })
}
