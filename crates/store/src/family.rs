//! Sign-ins at apps, and the refresh tokens that come of each (R23 to R25). A family ends with its grant or its session.
//! It does not know tokens: they carry the family's id and a number, and this program's seal.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Whether its tokens are good.
    State { Live = "live", Ended = "ended" }
}

/// A family. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Family {
    /// `fam_…`
    pub id: String,
    /// `grn_…`
    pub grant: String,
    /// Whose.
    pub account: String,
    /// `app_…`
    pub client: String,
    /// The browser's session that it began in.
    pub session: Option<String>,
    /// For whom they act; "" for oneself.
    pub edge: String,
    /// With blanks between.
    pub scopes: String,
    /// With blanks between.
    pub claims: String,
    /// What tokens name it by, random.
    pub sid: String,
    /// Of the request, for ID tokens.
    pub nonce: Option<String>,
    /// The API that its access tokens are for; the platform's own when absent.
    pub resource: Option<String>,
    /// Outlives the browser's session.
    pub offline: bool,
    /// How they signed in.
    pub acr: String,
    /// With blanks between.
    pub amr: String,
    /// When they proved it.
    pub auth_at: i64,
    /// The key that its tokens are bound to.
    pub jkt: Option<Vec<u8>>,
    /// A new refresh token at each use.
    pub rotating: bool,
    /// Number of the newest refresh token.
    pub latest: u32,
    /// When that was made.
    pub latest_at: i64,
    /// How often it was given out again.
    pub again: u32,
    /// Live or ended.
    pub state: State,
    /// Made.
    pub created_at: i64,
    /// Last used, to the hour.
    pub used_at: i64,
    /// Ends here in any case.
    pub until_at: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, grant_id, account, client, session, edge, scopes, claims, sid, nonce, resource, offline, acr, amr,
             auth_at, jkt, rotating, latest, latest_at, again, state, created_at, used_at, until_at FROM family ",
            $tail
        )
    };
}

/// Begins one.
pub async fn insert(tx: &mut Tx, f: &Family) -> Result<(), StoreError> {
    let sql = "INSERT INTO family (id, grant_id, account, client, session, edge, scopes, claims, sid, nonce, resource,
               offline, acr, amr, auth_at, jkt, rotating, latest, latest_at, again, state, created_at, used_at, until_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, $18, 0, 'live', $18,
               $18, $19)";
    let args = args![
        &f.id,
        &f.grant,
        &f.account,
        &f.client,
        f.session.as_deref(),
        &f.edge,
        &f.scopes,
        &f.claims,
        &f.sid,
        f.nonce.as_deref(),
        f.resource.as_deref(),
        f.offline,
        &f.acr,
        &f.amr,
        f.auth_at,
        f.jkt.as_deref(),
        f.rotating,
        f.created_at,
        f.until_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By id. Of what it says only whose it is, its client and its grant never change; lock the account before the rest counts.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Family>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// By the name that tokens have for it.
pub async fn by_sid(tx: &mut Tx, sid: &str) -> Result<Option<Family>, StoreError> {
    tx.one(select!("WHERE sid = $1"), args![sid]).await?.map(one).transpose()
}

/// Locks one that this deed will change, before what it says counts. Lock its account first.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.share("SELECT id FROM family WHERE id = $1 FOR UPDATE", args![id]).await
}

/// Uses up the newest refresh token: of all who bring it one is told true, and the next number is the newest then.
pub async fn turn(tx: &mut Tx, id: &str, number: u32, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE family SET latest = latest + 1, latest_at = $3, again = 0, used_at = $3
               WHERE id = $1 AND latest = $2 AND state = 'live'";
    Ok(tx.execute(sql, args![id, number, at]).await? == 1)
}

/// Notes that the newest token was given out again; false when another was faster.
pub async fn again(tx: &mut Tx, id: &str, latest: u32, before: u32) -> Result<bool, StoreError> {
    let sql = "UPDATE family SET again = again + 1 WHERE id = $1 AND latest = $2 AND again = $3 AND state = 'live'";
    Ok(tx.execute(sql, args![id, latest, before]).await? == 1)
}

/// Notes that it is in use.
pub async fn used(tx: &mut Tx, id: &str, at: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE family SET used_at = $2 WHERE id = $1 AND used_at < $2", args![id, at]).await.map(drop)
}

/// Ends one; false when it had ended.
pub async fn end(tx: &mut Tx, id: &str, reason: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE family SET state = 'ended', ended_at = $3, reason = $2 WHERE id = $1 AND state = 'live'";
    Ok(tx.execute(sql, args![id, reason, at]).await? == 1)
}

/// Ends all of a grant.
pub async fn end_of_grant(tx: &mut Tx, grant: &str, reason: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE family SET state = 'ended', ended_at = $3, reason = $2 WHERE grant_id = $1 AND state = 'live'";
    tx.execute(sql, args![grant, reason, at]).await
}

/// Ends all that began in a session; (client, sid) of each, for telling the apps.
pub async fn end_of_session(
    tx: &mut Tx,
    session: &str,
    reason: &str,
    at: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "UPDATE family SET state = 'ended', ended_at = $3, reason = $2
               WHERE session = $1 AND state = 'live' RETURNING client, sid";
    let rows = tx.rows(sql, args![session, reason, at]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Ends all of an account, whatever session they began in; (client, sid) of each.
pub async fn end_of_account(
    tx: &mut Tx,
    account: &str,
    reason: &str,
    at: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "UPDATE family SET state = 'ended', ended_at = $3, reason = $2
               WHERE account = $1 AND state = 'live' RETURNING client, sid";
    let rows = tx.rows(sql, args![account, reason, at]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Ends all that act under a mandate; (client, sid) of each. Lock the account before.
pub async fn end_of_edge(tx: &mut Tx, edge: &str, reason: &str, at: i64) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "UPDATE family SET state = 'ended', ended_at = $3, reason = $2
               WHERE edge = $1 AND edge <> '' AND state = 'live' RETURNING client, sid";
    let rows = tx.rows(sql, args![edge, reason, at]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Did somebody end this session? One that only ran out was not ended, and what may outlive it does.
pub async fn session_was_ended(tx: &mut Tx, session: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM session WHERE id = $1 AND state = 'ended'";
    Ok(tx.one(sql, args![session]).await?.is_some())
}

/// (client, sid) of the live ones of a grant.
pub async fn live_of_grant(tx: &mut Tx, grant: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT client, sid FROM family WHERE grant_id = $1 AND state = 'live' ORDER BY id LIMIT 500";
    let rows = tx.rows(sql, args![grant]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Forgets families that were over before a moment, so many at a time; how many.
pub async fn forget(tx: &mut Tx, before_at: i64, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM family WHERE id IN (SELECT id FROM family WHERE until_at < $1 LIMIT $2)";
    tx.execute(sql, args![before_at, limit]).await
}

fn one(mut row: Row) -> Result<Family, StoreError> {
    Ok(Family {
        id: row.take()?,
        grant: row.take()?,
        account: row.take()?,
        client: row.take()?,
        session: row.take()?,
        edge: row.take()?,
        scopes: row.take()?,
        claims: row.take()?,
        sid: row.take()?,
        nonce: row.take()?,
        resource: row.take()?,
        offline: row.take()?,
        acr: row.take()?,
        amr: row.take()?,
        auth_at: row.take()?,
        jkt: row.take()?,
        rotating: row.take()?,
        latest: row.take()?,
        latest_at: row.take()?,
        again: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        used_at: row.take()?,
        until_at: row.take()?,
    })
}
