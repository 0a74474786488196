//! Operators of the three posts, their second factor's last step, and their sessions.
//! It does not check passwords nor seals: it carries them. A row of version 0 is of before rows were sealed, and is nobody.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

/// The key of the lock on all posts.
const POSTS: &str = "posts";

words! {
    /// The three posts (三权分立); no person holds two.
    Role { System = "system", Security = "security", Audit = "audit" }
}

words! {
    /// Whether the post is held.
    State { Active = "active", Ended = "ended" }
}

/// An operator.
#[derive(Debug, Clone)]
pub struct Operator {
    /// `opr_…`.
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Who it is, the same over all posts: staff number or the like.
    pub person: String,
    /// The post.
    pub role: Role,
    /// PHC string.
    pub password_hash: String,
    /// Sealed secret of the second factor.
    pub totp_sealed: Vec<u8>,
    /// The last time step used; none is used twice.
    pub totp_step: i64,
    /// Held or ended.
    pub state: State,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds; the post rests until then.
    pub suspended_until: i64,
    /// Account of the resident who it is, when that is known.
    pub account: Option<String>,
    /// Raised at each change of what the seal covers.
    pub version: i64,
    /// Over all but the last step and the day.
    pub seal: Vec<u8>,
}

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Hash of the cookie's token.
    pub token_hash: Vec<u8>,
    /// Operator id.
    pub operator: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds; moved on by use.
    pub idle_until: i64,
    /// Microseconds; never moved.
    pub until_at: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT o.id, o.name, o.person, o.role, o.password_hash, o.totp_sealed, o.totp_step, o.state,
             o.created_at, o.suspended_until, o.account, o.version, o.seal FROM operator o ",
            $tail
        )
    };
}

/// Adds an operator; a name or person that holds a post already is a `Conflict`.
pub async fn insert(tx: &mut Tx, o: &Operator) -> Result<(), StoreError> {
    let sql = "INSERT INTO operator (id, name, person, role, password_hash, totp_sealed, state, created_at,
               suspended_until, account, version, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (account, seal) = (o.account.as_deref(), o.seal.as_slice());
    let args = args![
        &o.id,
        &o.name,
        &o.person,
        o.role,
        &o.password_hash,
        &o.totp_sealed,
        o.state,
        o.created_at,
        o.suspended_until,
        account,
        o.version,
        seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Writes a changed row with its next version and seal; false when it is no longer of the version before. Name, person and post
/// of an operator never change.
pub async fn change(tx: &mut Tx, o: &Operator, before: i64) -> Result<bool, StoreError> {
    let sql =
        "UPDATE operator SET password_hash = $3, totp_sealed = $4, state = $5, suspended_until = $6, account = $7,
               version = $8, seal = $9 WHERE id = $1 AND version = $2";
    let (account, seal) = (o.account.as_deref(), o.seal.as_slice());
    let args =
        args![&o.id, before, &o.password_hash, &o.totp_sealed, o.state, o.suspended_until, account, o.version, seal];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By sign-in name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Operator>, StoreError> {
    tx.one(select!("WHERE o.name = $1 AND o.version > 0"), args![name]).await?.map(operator).transpose()
}

/// By id, one of before as well: its seal fits nothing.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Operator>, StoreError> {
    tx.one(select!("WHERE o.id = $1"), args![id]).await?.map(operator).transpose()
}

/// All, by name, at most 500.
pub async fn all(tx: &mut Tx) -> Result<Vec<Operator>, StoreError> {
    tx.rows(select!("WHERE o.version > 0 ORDER BY o.name LIMIT 500"), args![])
        .await?
        .into_iter()
        .map(operator)
        .collect()
}

/// Those who are or were this resident, as their rows say.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Operator>, StoreError> {
    let sql = select!("WHERE o.account = $1 AND o.version > 0 ORDER BY o.id LIMIT 500");
    tx.rows(sql, args![account]).await?.into_iter().map(operator).collect()
}

/// Notes a time step of the second factor on a row of this version; false when the step was used before, or the row has changed.
pub async fn succeeded(tx: &mut Tx, id: &str, version: i64, totp_step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE operator SET totp_step = $3 WHERE id = $1 AND version = $2 AND totp_step < $3";
    Ok(tx.execute(sql, args![id, version, totp_step]).await? == 1)
}

/// Whether two operators' ids stand for one natural person: who had a post, left it and was given another has two ids.
pub async fn are_one_person(tx: &mut Tx, one: &str, other: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM operator a JOIN operator b ON b.person = a.person OR b.account = a.account WHERE a.id = $1 AND b.id = $2";
    Ok(one == other || tx.one(sql, args![one, other]).await?.is_some())
}

/// Says that this deed ends or stops somebody. It waits for operators' deeds that are at their last step ([`rely_on_posts`]), and
/// who comes to theirs meanwhile waits for it. One lock for all posts: of two ends at once the second sees the first, and nobody
/// ends the last one of a post.
pub async fn change_posts(tx: &mut Tx) -> Result<(), StoreError> {
    tx.change(Hot::Operator, POSTS).await
}

/// The last step of an operator's deed on PostgreSQL, where an end may have come in since its door: from here to the COMMIT
/// nobody is ended or stopped. So an end never waits for a long deed, and none of theirs is kept after it was acknowledged.
pub async fn rely_on_posts(tx: &mut Tx) -> Result<(), StoreError> {
    tx.rely_on(Hot::Operator, POSTS).await
}

/// Undoes the deed of somebody who left meanwhile: it begins anew, to be refused at its door.
pub fn left_meanwhile(tx: &mut Tx) -> StoreError {
    tx.crossed()
}

/// Ends all sessions of an operator. Call [`change_posts`] first.
pub async fn end_sessions(tx: &mut Tx, id: &str) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM operator_session WHERE operator = $1", args![id]).await
}

/// Opens a session; expired ones of the same operator go.
pub async fn open_session(tx: &mut Tx, s: &Session) -> Result<(), StoreError> {
    let gone = "DELETE FROM operator_session WHERE operator = $1 AND (idle_until <= $2 OR until_at <= $2)";
    tx.execute(gone, args![&s.operator, s.created_at]).await?;
    let sql = "INSERT INTO operator_session (token_hash, operator, created_at, idle_until, until_at)
               VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, args![&s.token_hash, &s.operator, s.created_at, s.idle_until, s.until_at]).await.map(drop)
}

/// A live session by its token, and the operator behind it.
pub async fn by_session(tx: &mut Tx, token_hash: &[u8], at: i64) -> Result<Option<(Session, Operator)>, StoreError> {
    let sql = "SELECT token_hash, operator, created_at, idle_until, until_at FROM operator_session
               WHERE token_hash = $1 AND idle_until > $2 AND until_at > $2";
    let Some(mut row) = tx.one(sql, args![token_hash, at]).await? else { return Ok(None) };
    let session = Session {
        token_hash: row.take()?,
        operator: row.take()?,
        created_at: row.take()?,
        idle_until: row.take()?,
        until_at: row.take()?,
    };
    Ok(find(tx, &session.operator).await?.map(|operator| (session, operator)))
}

/// Those who are present at a moment: their posts are held, and a session of theirs lives. By id.
pub async fn present(tx: &mut Tx, at: i64) -> Result<Vec<Operator>, StoreError> {
    let sql = select!(
        "WHERE o.version > 0 AND o.state = 'active' AND o.suspended_until <= $1 AND EXISTS (SELECT 1 FROM operator_session s
         WHERE s.operator = o.id AND s.idle_until > $1 AND s.until_at > $1) ORDER BY o.id LIMIT 500"
    );
    tx.rows(sql, args![at]).await?.into_iter().map(operator).collect()
}

/// Moves a session's idle end on.
pub async fn touch_session(tx: &mut Tx, token_hash: &[u8], idle_until: i64) -> Result<(), StoreError> {
    let sql = "UPDATE operator_session SET idle_until = $2 WHERE token_hash = $1 AND idle_until < $2";
    tx.execute(sql, args![token_hash, idle_until]).await.map(drop)
}

/// Signs out.
pub async fn close_session(tx: &mut Tx, token_hash: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM operator_session WHERE token_hash = $1", args![token_hash]).await? == 1)
}

fn operator(mut row: Row) -> Result<Operator, StoreError> {
    Ok(Operator {
        id: row.take()?,
        name: row.take()?,
        person: row.take()?,
        role: row.take()?,
        password_hash: row.take()?,
        totp_sealed: row.take()?,
        totp_step: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        suspended_until: row.take()?,
        account: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}

/// Forgets sessions that were over before a moment, so many at a time; how many.
pub async fn forget_sessions_before(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM operator_session WHERE token_hash IN
               (SELECT token_hash FROM operator_session WHERE until_at < $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}
