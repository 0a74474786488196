//! What persons ask for under their rights, with its clock: asked, taken back, answered, found when it is due.
//! It does not know what is asked: bodies and answers are sealed before they come here.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// What is asked for.
    Kind {
        Copy = "copy", Correct = "correct", Restrict = "restrict", Delete = "delete", Explain = "explain", Kin = "kin"
    }
}

words! {
    /// How far it is. Held waits for time alone; waiting waits for an officer.
    State { Waiting = "waiting", Held = "held", Done = "done", Refused = "refused", Stopped = "stopped" }
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `rgt_…`.
    pub id: String,
    /// Whose data.
    pub account: String,
    /// A device, a session, or the operator who filed it.
    pub asked_by: String,
    /// What for.
    pub kind: Kind,
    /// What they wrote, sealed.
    pub sealed_body: Option<Vec<u8>>,
    /// What they were told, sealed.
    pub sealed_answer: Option<Vec<u8>>,
    /// How far it is.
    pub state: State,
    /// Microseconds.
    pub asked_at: i64,
    /// Microseconds: nothing happens before.
    pub hold_until: i64,
    /// Microseconds: the end of the last working day.
    pub due_at: i64,
    /// Who answered, or took it back.
    pub handled_by: Option<String>,
    /// Microseconds.
    pub handled_at: Option<i64>,
    /// Raised by every change.
    pub version: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, asked_by, kind, sealed_body, sealed_answer, state, asked_at, hold_until, due_at,
             handled_by, handled_at, version FROM rights_request ",
            $tail
        )
    };
}

/// Writes a request; false when one of its kind is under way for that account.
pub async fn insert(tx: &mut Tx, r: &Request) -> Result<bool, StoreError> {
    let sql = "INSERT INTO rights_request (id, account, asked_by, kind, sealed_body, sealed_answer, state, asked_at,
               hold_until, due_at, handled_by, handled_at, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) ON CONFLICT DO NOTHING";
    let args = args![
        &r.id,
        &r.account,
        &r.asked_by,
        r.kind,
        r.sealed_body.as_deref(),
        r.sealed_answer.as_deref(),
        r.state,
        r.asked_at,
        r.hold_until,
        r.due_at,
        r.handled_by.as_deref(),
        r.handled_at
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Request>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// All of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Request>, StoreError> {
    let sql = select!("WHERE account = $1 ORDER BY id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

/// Those that are not done, the most urgent first, behind (due, id) of the last one seen.
pub async fn open(tx: &mut Tx, after: Option<(i64, &str)>, limit: u32) -> Result<Vec<Request>, StoreError> {
    let (due, id) = after.unwrap_or((i64::MIN, ""));
    let sql = select!("WHERE state IN ('waiting', 'held') AND (due_at, id) > ($1, $2) ORDER BY due_at, id LIMIT $3");
    tx.rows(sql, args![due, id, limit]).await?.into_iter().map(one).collect()
}

/// Those that are over, the newest first, before the id of the last one seen.
pub async fn closed(tx: &mut Tx, before: Option<&str>, limit: u32) -> Result<Vec<Request>, StoreError> {
    let sql = select!("WHERE state NOT IN ('waiting', 'held') AND id < $1 ORDER BY id DESC LIMIT $2");
    tx.rows(sql, args![before.unwrap_or("~"), limit]).await?.into_iter().map(one).collect()
}

/// Deletions whose hold is over and that nothing stands against, the oldest first.
pub async fn deletions_to_do(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Request>, StoreError> {
    let sql = select!(
        "WHERE state IN ('waiting', 'held') AND kind = 'delete' AND state = 'held' AND hold_until <= $1
         ORDER BY due_at, id LIMIT $2"
    );
    tx.rows(sql, args![at, limit]).await?.into_iter().map(one).collect()
}

/// A change of a request's state.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// From: nothing is changed if it stands otherwise.
    pub from: State,
    /// To.
    pub to: State,
    /// Who did it.
    pub by: &'a str,
    /// Microseconds.
    pub at: i64,
    /// What the person is told, sealed; what stood before stays when absent.
    pub sealed_answer: Option<&'a [u8]>,
}

/// Changes a state by compare and set; false when somebody was faster.
pub async fn change(tx: &mut Tx, id: &str, c: Change<'_>) -> Result<bool, StoreError> {
    let sql = "UPDATE rights_request SET state = $3, handled_by = $4, handled_at = $5,
               sealed_answer = coalesce($6, sealed_answer), version = version + 1 WHERE id = $1 AND state = $2";
    Ok(tx.execute(sql, args![id, c.from, c.to, c.by, c.at, c.sealed_answer]).await? == 1)
}

/// The restriction in force, if there is one.
pub async fn restriction(tx: &mut Tx, account: &str) -> Result<Option<Request>, StoreError> {
    let sql = select!("WHERE account = $1 AND kind = 'restrict' AND state = 'done' ORDER BY id DESC LIMIT 1");
    tx.one(sql, args![account]).await?.map(one).transpose()
}

/// Destroys what an account's requests say; that they were made stays. What was under way ends.
pub async fn forget_contents(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE rights_request SET sealed_body = NULL, sealed_answer = NULL,
               state = CASE WHEN state IN ('waiting', 'held') AND kind <> 'kin' THEN 'stopped' ELSE state END,
               handled_at = coalesce(handled_at, $2), version = version + 1 WHERE account = $1 AND kind <> 'kin'";
    tx.execute(sql, args![account, at]).await
}

fn one(mut row: Row) -> Result<Request, StoreError> {
    Ok(Request {
        id: row.take()?,
        account: row.take()?,
        asked_by: row.take()?,
        kind: row.take()?,
        sealed_body: row.take()?,
        sealed_answer: row.take()?,
        state: row.take()?,
        asked_at: row.take()?,
        hold_until: row.take()?,
        due_at: row.take()?,
        handled_by: row.take()?,
        handled_at: row.take()?,
        version: row.take()?,
    })
}
