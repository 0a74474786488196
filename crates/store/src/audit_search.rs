//! Searches of the uses of one person: asked for, answered by somebody else, open for a while.
//! It does not know who may ask, nor how many a day.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far a search is.
    State { Waiting = "waiting", Approved = "approved", Refused = "refused" }
}

/// One search. Times are microseconds.
#[derive(Debug, Clone)]
pub struct AuditSearch {
    /// `aud_…`.
    pub id: String,
    /// Whose uses.
    pub account: String,
    /// Number of the case.
    pub case_number: String,
    /// What for.
    pub purpose: String,
    /// Uses from here on.
    pub from_at: i64,
    /// Uses before this.
    pub to_at: i64,
    /// How far it is.
    pub state: State,
    /// Operator.
    pub asked_by: String,
    /// When.
    pub asked_at: i64,
    /// Another operator.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<i64>,
    /// Until when an approved one can be read.
    pub until_at: Option<i64>,
    /// Raised at each change.
    pub version: i64,
    /// Over all of it, made and checked by province. Empty in a row of before there were seals.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, case_number, purpose, from_at, to_at, state, asked_by, asked_at, answered_by,
             answered_at, until_at, version, seal FROM audit_search ",
            $tail
        )
    };
}

/// Adds one that waits.
pub async fn insert(tx: &mut Tx, s: &AuditSearch) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit_search (id, account, case_number, purpose, from_at, to_at, state, asked_by, asked_at,
                 version, seal) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10)";
    let args = args![
        &s.id,
        &s.account,
        &s.case_number,
        &s.purpose,
        s.from_at,
        s.to_at,
        &s.asked_by,
        s.asked_at,
        s.version,
        &s.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<AuditSearch>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(search).transpose()
}

/// Holds a search while a use of it is written or its order is answered: of two that come at once the later sees the earlier.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.share("SELECT id FROM audit_search WHERE id = $1 FOR UPDATE", args![id]).await
}

/// The newest first, before an id; "~" for the first page.
pub async fn page(tx: &mut Tx, before: &str, limit: u32) -> Result<Vec<AuditSearch>, StoreError> {
    let rows = tx.rows(select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"), args![before, limit]).await?;
    rows.into_iter().map(search).collect()
}

/// How many an operator asked for since a moment; counts to `limit` at most.
pub async fn asked_since(tx: &mut Tx, operator: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM
               (SELECT 1 FROM audit_search WHERE asked_by = $1 AND asked_at >= $2 LIMIT $3) u";
    let row = tx.one(sql, args![operator, since_at, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Writes the answer to one that waits, one version on and under its new seal; false when it does not wait any more.
pub async fn answer(tx: &mut Tx, s: &AuditSearch) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_search SET state = $3, answered_by = $4, answered_at = $5, until_at = $6, version = $7,
                 seal = $8 WHERE id = $1 AND version = $2 AND state = 'waiting'";
    let args =
        args![&s.id, s.version - 1, s.state, s.answered_by.as_deref(), s.answered_at, s.until_at, s.version, &s.seal];
    Ok(tx.execute(sql, args).await? == 1)
}

fn search(mut row: Row) -> Result<AuditSearch, StoreError> {
    Ok(AuditSearch {
        id: row.take()?,
        account: row.take()?,
        case_number: row.take()?,
        purpose: row.take()?,
        from_at: row.take()?,
        to_at: row.take()?,
        state: row.take()?,
        asked_by: row.take()?,
        asked_at: row.take()?,
        answered_by: row.take()?,
        answered_at: row.take()?,
        until_at: row.take()?,
        version: row.take()?,
        seal: row.take::<Option<Vec<u8>>>()?.unwrap_or_default(),
    })
}
