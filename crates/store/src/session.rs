//! Signed-in browsers of residents: opened, seen, raised, ended, listed. The row keeps its id for its whole life, so that
//! what hangs on it stays; the cookie's secret, of which only a hash is here, is a new one at each rise.
//! It does not know cookies, and takes neither how somebody signed in nor whether that is enough for its own judgement.

use crate::db::value::{Row, args};
use crate::standing::{Standing, standing_of};
use crate::words::words;
use crate::{StoreError, Tx, account, kept_key};

words! {
    /// Whether the browser is signed in.
    State { Live = "live", Ended = "ended" }
}

/// A session as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Session {
    /// `ses_…`.
    pub id: String,
    /// SHA-256 of the cookie's secret.
    pub token_hash: Vec<u8>,
    /// Who.
    pub account: String,
    /// The word of the authentication context, `yima:1` to `yima:4` or `yima:assisted`.
    pub acr: String,
    /// Authentication methods (RFC 8176), parted by spaces.
    pub amr: String,
    /// When somebody last proved who they are.
    pub auth_at: i64,
    /// What the browser seems to be.
    pub label: String,
    /// `aut_…`, with which it was last proven.
    pub authenticator: Option<String>,
    /// On a device that this account had signed in on before.
    pub known_device: bool,
    /// Live or ended.
    pub state: State,
    /// Opened.
    pub created_at: i64,
    /// Last seen, to the minute or so.
    pub seen_at: i64,
    /// Ends here unless it is used.
    pub idle_until: i64,
    /// Ends here in any case.
    pub until_at: i64,
    /// When it ended, with `reason`.
    pub ended_at: Option<i64>,
    /// `signed_out`, `ended_elsewhere`, `recovery`, …
    pub reason: Option<String>,
}

/// What a session changes to when its person proves more.
#[derive(Debug, Clone)]
pub struct Rise {
    /// SHA-256 of the new secret.
    pub token_hash: Vec<u8>,
    /// The new word.
    pub acr: String,
    /// All methods so far.
    pub amr: String,
    /// When.
    pub auth_at: i64,
    /// With which authenticator.
    pub authenticator: Option<String>,
}

macro_rules! session_columns {
    () => {
        "SELECT s.id, s.token_hash, s.account, s.acr, s.amr, s.auth_at, s.label, s.authenticator, s.known_device,
             s.state, s.created_at, s.seen_at, s.idle_until, s.until_at, s.ended_at, s.reason"
    };
}

macro_rules! select {
    ($tail:literal) => {
        concat!(session_columns!(), $tail)
    };
}

/// Opens one.
pub async fn open(tx: &mut Tx, s: &Session) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO session (id, token_hash, account, acr, amr, auth_at, label, authenticator, known_device, state,
               created_at, seen_at, idle_until, until_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live', $10, $10, $11, $12)";
    let args = args![
        &s.id,
        &s.token_hash,
        &s.account,
        &s.acr,
        &s.amr,
        s.auth_at,
        &s.label,
        s.authenticator.as_deref(),
        s.known_device,
        s.created_at,
        s.idle_until,
        s.until_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// The live session of a cookie, with the state and proofing of its account: one read.
pub async fn by_token(
    tx: &mut Tx,
    token_hash: &[u8],
    at: i64,
) -> Result<Option<(Session, account::State, u8)>, StoreError> {
    let sql = concat!(
        session_columns!(),
        ", ",
        standing_of!("a."),
        " FROM session s JOIN account a ON a.id = s.account
         WHERE s.token_hash = $1 AND s.state = 'live' AND s.idle_until > $2 AND s.until_at > $2"
    );
    let Some(mut row) = tx.one(sql, args![token_hash, at]).await? else { return Ok(None) };
    let session = session(&mut row)?;
    let holder = Standing::read(tx, &session.account, &mut row)?;
    let proofing = holder.proofing_of_sessions();
    Ok(Some((session, holder.state, proofing)))
}

/// A session that lives at this moment. Call [`account::rely_on`] or [`account::changed`] first: whoever ends sessions
/// changes the account, so what this says then holds until the deed is durable.
pub async fn live(tx: &mut Tx, id: &str, at: i64) -> Result<Option<Session>, StoreError> {
    let sql = select!(" FROM session s WHERE s.id = $1 AND s.state = 'live' AND s.idle_until > $2 AND s.until_at > $2");
    tx.one(sql, args![id, at]).await?.map(|mut row| session(&mut row)).transpose()
}

/// All live sessions of an account, the newest first, at most 100.
pub async fn of_account(tx: &mut Tx, account: &str, at: i64) -> Result<Vec<Session>, StoreError> {
    let sql = select!(
        " FROM session s WHERE s.account = $1 AND s.state = 'live' AND s.idle_until > $2 AND s.until_at > $2
          ORDER BY s.id DESC LIMIT 100"
    );
    tx.rows(sql, args![account, at]).await?.into_iter().map(|mut row| session(&mut row)).collect()
}

/// Notes that it was seen; its idle end moves on, never back.
pub async fn seen(tx: &mut Tx, id: &str, at: i64, idle_until: i64) -> Result<(), StoreError> {
    let sql = "UPDATE session SET seen_at = $2, idle_until = $3
               WHERE id = $1 AND state = 'live' AND idle_until > $2 AND idle_until < $3";
    tx.execute(sql, args![id, at, idle_until]).await.map(drop)
}

/// Raises a session and gives it a new secret; false when it does not live or another rise was first.
pub async fn rise(tx: &mut Tx, id: &str, old_hash: &[u8], rise: &Rise) -> Result<bool, StoreError> {
    let sql = "UPDATE session SET token_hash = $3, acr = $4, amr = $5, auth_at = $6, authenticator = $7
               WHERE id = $1 AND token_hash = $2 AND state = 'live' AND idle_until > $6 AND until_at > $6";
    let args = args![id, old_hash, &rise.token_hash, &rise.acr, &rise.amr, rise.auth_at, rise.authenticator.as_deref()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Ends one of an account's sessions, with what is kept on its device; raises the account's version. False when it is not
/// of this account or ended before.
pub async fn end(tx: &mut Tx, account: &str, id: &str, reason: &str, at: i64) -> Result<bool, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE session SET state = 'ended', ended_at = $4, reason = $3
               WHERE id = $1 AND account = $2 AND state = 'live'";
    let ended = tx.execute(sql, args![id, account, reason, at]).await? == 1;
    if ended {
        kept_key::end_of_session(tx, id).await?;
    }
    Ok(ended)
}

/// Ends all sessions of an account but one (none is kept for ""), with what is kept on other devices; the ids of those that
/// ended. Raises its version.
pub async fn end_all_but(
    tx: &mut Tx,
    account: &str,
    keep: &str,
    reason: &str,
    at: i64,
) -> Result<Vec<String>, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE session SET state = 'ended', ended_at = $4, reason = $3
               WHERE account = $1 AND id <> $2 AND state = 'live' RETURNING id";
    kept_key::end_all_but(tx, account, keep).await?;
    tx.rows(sql, args![account, keep, reason, at]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Forgets sessions that were over before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE until_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn session(row: &mut Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.take()?,
        token_hash: row.take()?,
        account: row.take()?,
        acr: row.take()?,
        amr: row.take()?,
        auth_at: row.take()?,
        label: row.take()?,
        authenticator: row.take()?,
        known_device: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        seen_at: row.take()?,
        idle_until: row.take()?,
        until_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
    })
}
