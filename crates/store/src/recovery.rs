//! Recoveries of accounts: asked by one officer, approved by another, held, stopped. A row is changed by compare on its
//! version, and carries a seal that this room neither makes nor judges. It does not know what a hold keeps back.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far it is. A hold is over by time alone.
    State {
        Asked = "asked", Approved = "approved", Held = "held", Refused = "refused", Stopped = "stopped", Over = "over"
    }
}

words! {
    /// Whether somebody else looks at it afterwards.
    Review { None = "none", Due = "due", Right = "right", Wrong = "wrong" }
}

words! {
    /// Who brings somebody back.
    By { Officers = "officers", Guardian = "guardian" }
}

/// A recovery as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// `rcv_…`, in time order.
    pub id: String,
    /// Whose account.
    pub account: String,
    /// Two officers, or a guardian.
    pub by: By,
    /// How far it is.
    pub state: State,
    /// The operator who asked; a guardian's session.
    pub officer: String,
    /// The person in that post; a guardian's account.
    pub officer_person: String,
    /// The operator who was drawn; nobody beside a guardian.
    pub approver: String,
    /// The person in that post, another one.
    pub approver_person: String,
    /// What was shown at the counter.
    pub evidence: String,
    /// What the page on the resident's device shows.
    pub number: String,
    /// Hash of that browser's cookie.
    pub browser: Vec<u8>,
    /// The use of the first officer.
    pub asked_use: String,
    /// The use of the second.
    pub approved_use: Option<String>,
    /// Asked.
    pub asked_at: i64,
    /// Before it is held: nothing opens from here on.
    pub expires_at: i64,
    /// What matters waits so long.
    pub hold_until: Option<i64>,
    /// Refused, stopped or over.
    pub ended_at: Option<i64>,
    /// Ids of the new authenticators, parted by spaces.
    pub made: String,
    /// Ids of those that wait since, parted by spaces.
    pub suspended: String,
    /// Ids of the phones that wait since, parted by spaces; `None` before it is held.
    pub phones_suspended: Option<String>,
    /// Ids of the phones that were kept by name, parted by spaces; `None` before it is held.
    pub phones_kept: Option<String>,
    /// Proofing before.
    pub proofing_before: u8,
    /// Hash of the secret in the message to the telephone.
    pub stop_hash: Vec<u8>,
    /// Whether somebody else looks at it.
    pub review: Review,
    /// Who did.
    pub reviewed_by: Option<String>,
    /// Raised by each change.
    pub version: i64,
    /// 32 bytes.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, state, officer, officer_person, approver, approver_person, evidence, number, browser,
             asked_use, approved_use, asked_at, expires_at, hold_until, ended_at, made, suspended, proofing_before,
             stop_hash, review, reviewed_by, version, seal, by, phones_suspended, phones_kept FROM recovery ",
            $tail
        )
    };
}

/// Asks for one; change the account first. A second open one of the same account is a `Conflict`.
pub async fn insert(tx: &mut Tx, r: &Recovery) -> Result<(), StoreError> {
    let sql = "INSERT INTO recovery (id, account, state, officer, officer_person, approver, approver_person, evidence,
               number, browser, asked_use, asked_at, expires_at, proofing_before, stop_hash, version, seal, by, approved_use)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let args = args![
        &r.id,
        &r.account,
        r.state,
        &r.officer,
        &r.officer_person,
        &r.approver,
        &r.approver_person,
        &r.evidence,
        &r.number,
        &r.browser,
        &r.asked_use,
        r.asked_at,
        r.expires_at,
        r.proofing_before,
        &r.stop_hash,
        r.version,
        &r.seal,
        r.by,
        r.approved_use.as_deref()
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Writes what may change of a row whose version is still `before`; false when somebody changed it first.
pub async fn change(tx: &mut Tx, r: &Recovery, before: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery SET state = $3, approved_use = $4, expires_at = $5, hold_until = $6, ended_at = $7,
               made = $8, suspended = $9, stop_hash = $10, review = $11, reviewed_by = $12, version = $13, seal = $14,
               phones_suspended = $15, phones_kept = $16
               WHERE id = $1 AND version = $2";
    let args = args![
        &r.id,
        before,
        r.state,
        r.approved_use.as_deref(),
        r.expires_at,
        r.hold_until,
        r.ended_at,
        &r.made,
        &r.suspended,
        &r.stop_hash,
        r.review,
        r.reviewed_by.as_deref(),
        r.version,
        &r.seal,
        r.phones_suspended.as_deref(),
        r.phones_kept.as_deref()
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Recovery>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(recovery).transpose()
}

/// The newest of a browser.
pub async fn by_browser(tx: &mut Tx, browser: &[u8]) -> Result<Option<Recovery>, StoreError> {
    tx.one(select!("WHERE browser = $1 ORDER BY id DESC LIMIT 1"), args![browser]).await?.map(recovery).transpose()
}

/// By the secret in the message to the telephone.
pub async fn by_stop(tx: &mut Tx, stop_hash: &[u8]) -> Result<Option<Recovery>, StoreError> {
    tx.one(select!("WHERE stop_hash = $1"), args![stop_hash]).await?.map(recovery).transpose()
}

/// What stands of an account at a moment and can be stopped: asked, approved, or in its hold; the newest.
pub async fn standing(tx: &mut Tx, account: &str, at: i64) -> Result<Option<Recovery>, StoreError> {
    let sql = select!(
        "WHERE account = $1 AND (state IN ('asked', 'approved') AND expires_at > $2 OR state = 'held' AND hold_until > $2)
         ORDER BY id DESC LIMIT 1"
    );
    tx.one(sql, args![account, at]).await?.map(recovery).transpose()
}

/// When the hold of an account ends, if it is in one.
pub async fn hold_until(tx: &mut Tx, account: &str, at: i64) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT hold_until FROM recovery WHERE account = $1 AND state = 'held' AND hold_until > $2
               ORDER BY id DESC LIMIT 1";
    tx.one(sql, args![account, at]).await?.map(|mut row| row.take()).transpose()
}

/// The open one of an account, in its time or not.
pub async fn open(tx: &mut Tx, account: &str) -> Result<Option<Recovery>, StoreError> {
    tx.one(select!("WHERE account = $1 AND state IN ('asked', 'approved')"), args![account])
        .await?
        .map(recovery)
        .transpose()
}

/// How many an officer asked for since a moment; counts to `limit` at most.
pub async fn asked_since(tx: &mut Tx, officer: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM recovery WHERE officer = $1 AND asked_at >= $2 LIMIT $3) c";
    tx.one(sql, args![officer, since_at, limit]).await?.map_or(Ok(0), |mut row| row.take())
}

/// Those that are open at a moment, and those that somebody must look at, the newest first, at most 200.
pub async fn waiting(tx: &mut Tx, at: i64) -> Result<Vec<Recovery>, StoreError> {
    let sql = select!(
        "WHERE state IN ('asked', 'approved') AND expires_at > $1 OR review = 'due' ORDER BY id DESC LIMIT 200"
    );
    tx.rows(sql, args![at]).await?.into_iter().map(recovery).collect()
}

fn recovery(mut row: Row) -> Result<Recovery, StoreError> {
    Ok(Recovery {
        id: row.take()?,
        account: row.take()?,
        state: row.take()?,
        officer: row.take()?,
        officer_person: row.take()?,
        approver: row.take()?,
        approver_person: row.take()?,
        evidence: row.take()?,
        number: row.take()?,
        browser: row.take()?,
        asked_use: row.take()?,
        approved_use: row.take()?,
        asked_at: row.take()?,
        expires_at: row.take()?,
        hold_until: row.take()?,
        ended_at: row.take()?,
        made: row.take()?,
        suspended: row.take()?,
        proofing_before: row.take()?,
        stop_hash: row.take()?,
        review: row.take()?,
        reviewed_by: row.take()?,
        version: row.take()?,
        seal: row.take()?,
        by: row.take()?,
        phones_suspended: row.take()?,
        phones_kept: row.take()?,
    })
}
