//! What apps were told to delete when a grant ended, and what they say of it (rule R32). It does not know how they are told,
//! nor working days.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// What the app has said.
    State { Waiting = "waiting", Deleted = "deleted", Kept = "kept" }
}

/// A duty to delete, and its answer. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// `grn_…`, the grant that ended.
    pub grant: String,
    /// Whose data.
    pub account: String,
    /// `app_…`
    pub client: String,
    /// Whom pseudonyms are for: any app of that organisation may answer.
    pub sector: String,
    /// Legal name of the organisation.
    pub owner: String,
    /// By which the app knows it.
    pub reference: String,
    /// The grant ended.
    pub asked_at: i64,
    /// The last working day ends.
    pub due_at: i64,
    /// The app took the message, or read its list.
    pub told_at: Option<i64>,
    /// What it said.
    pub state: State,
    /// When it did.
    pub answered_at: Option<i64>,
    /// Its own sentence, where it keeps something.
    pub why: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT grant_id, account, client, sector, owner, ref, asked_at, due_at, told_at, state, answered_at, why
             FROM app_deletion ",
            $tail
        )
    };
}

/// Writes one down, unanswered. Call [`crate::account::changed`] first.
pub async fn put(tx: &mut Tx, d: &Deletion) -> Result<(), StoreError> {
    let sql = "INSERT INTO app_deletion (grant_id, account, client, sector, owner, ref, asked_at, due_at, state)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting')";
    let args = args![&d.grant, &d.account, &d.client, &d.sector, &d.owner, &d.reference, d.asked_at, d.due_at];
    tx.execute(sql, args).await.map(drop)
}

/// By the grant that ended.
pub async fn of_grant(tx: &mut Tx, grant: &str) -> Result<Option<Deletion>, StoreError> {
    tx.one(select!("WHERE grant_id = $1"), args![grant]).await?.map(one).transpose()
}

/// By the name that the organisation's apps know.
pub async fn by_reference(tx: &mut Tx, reference: &str, sector: &str) -> Result<Option<Deletion>, StoreError> {
    tx.one(select!("WHERE ref = $1 AND sector = $2"), args![reference, sector]).await?.map(one).transpose()
}

/// The app knows of it.
pub async fn told(tx: &mut Tx, grant: &str, at: i64) -> Result<(), StoreError> {
    let sql = "UPDATE app_deletion SET told_at = $2 WHERE grant_id = $1 AND told_at IS NULL";
    tx.execute(sql, args![grant, at]).await.map(drop)
}

/// Takes an answer: once, but that what was kept may be deleted later. False when it was answered before.
pub async fn answer(tx: &mut Tx, d: &Deletion, state: State, why: Option<&str>, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE app_deletion SET state = $2, why = $3, answered_at = $4, told_at = coalesce(told_at, $4)
               WHERE grant_id = $1 AND (state = 'waiting' OR (state = 'kept' AND $2 = 'deleted'))";
    Ok(tx.execute(sql, args![&d.grant, state, why, at]).await? == 1)
}

/// Those of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Deletion>, StoreError> {
    let sql = select!("WHERE account = $1 ORDER BY asked_at DESC, grant_id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

/// What an organisation's apps have not answered, the oldest first.
pub async fn waiting_of(tx: &mut Tx, sector: &str, limit: u32) -> Result<Vec<Deletion>, StoreError> {
    let sql = select!("WHERE sector = $1 AND state = 'waiting' ORDER BY due_at, grant_id LIMIT $2");
    tx.rows(sql, args![sector, limit]).await?.into_iter().map(one).collect()
}

/// What nobody has answered, the most urgent first; `after` is the (due, grant) of the page before.
pub async fn waiting(tx: &mut Tx, after: (i64, &str), limit: u32) -> Result<Vec<Deletion>, StoreError> {
    let sql = select!("WHERE state = 'waiting' AND (due_at, grant_id) > ($1, $2) ORDER BY due_at, grant_id LIMIT $3");
    tx.rows(sql, args![after.0, after.1, limit]).await?.into_iter().map(one).collect()
}

/// Forgets what was answered before a moment, and what nobody answered whose time was over then; so many at a time, how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM app_deletion WHERE grant_id IN
               (SELECT grant_id FROM app_deletion WHERE coalesce(answered_at, due_at) < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn one(mut row: Row) -> Result<Deletion, StoreError> {
    Ok(Deletion {
        grant: row.take()?,
        account: row.take()?,
        client: row.take()?,
        sector: row.take()?,
        owner: row.take()?,
        reference: row.take()?,
        asked_at: row.take()?,
        due_at: row.take()?,
        told_at: row.take()?,
        state: row.take()?,
        answered_at: row.take()?,
        why: row.take()?,
    })
}
