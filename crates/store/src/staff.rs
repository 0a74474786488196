//! What the policy asks about whoever is on duty: their own file, their offices, the lease of their post, the files that
//! they looked at, and whether an edge joins them with somebody. It does not know what follows from any of it.

use crate::db::Hot;
use crate::db::value::args;
use crate::operator::POSTS;
use crate::{StoreError, Tx};

/// Notes which account is an operator's own, as whoever owns the data directory says; false when there is no such operator in
/// office.
pub async fn know(tx: &mut Tx, name: &str, account: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE operator SET account = $2 WHERE name = $1 AND state = 'active'";
    Ok(tx.execute(sql, args![name, account]).await? == 1)
}

/// The same for one whose account nobody noted before; false when somebody did, or the post has ended.
pub async fn name(tx: &mut Tx, operator: &str, account: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE operator SET account = $2 WHERE id = $1 AND state = 'active' AND account IS NULL";
    Ok(tx.execute(sql, args![operator, account]).await? == 1)
}

/// The sign-in name of the operator in office who this account is.
pub async fn named_as(tx: &mut Tx, account: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM operator WHERE account = $1 AND state = 'active' ORDER BY id LIMIT 1";
    tx.one(sql, args![account]).await?.map(|mut row| row.take()).transpose()
}

/// The account of an operator, when it is known.
pub async fn account_of(tx: &mut Tx, operator: &str) -> Result<Option<String>, StoreError> {
    match tx.one("SELECT account FROM operator WHERE id = $1", args![operator]).await? {
        Some(mut row) => row.take(),
        None => Ok(None),
    }
}

/// Whether an operator's post is held at a moment, and the account of their own file, when it is known. Read in the deed's own
/// transaction: a session that was found a moment ago is no word about now.
pub async fn in_office(tx: &mut Tx, operator: &str, at: i64) -> Result<(bool, Option<String>), StoreError> {
    let sql = "SELECT (CASE WHEN state = 'active' AND suspended_until <= $2 THEN 1 ELSE 0 END), account
               FROM operator WHERE id = $1";
    match tx.one(sql, args![operator, at]).await? {
        Some(mut row) => Ok((row.take::<i64>()? == 1, row.take()?)),
        // No session is of an id without a row.
        None => Ok((true, None)),
    }
}

/// The last step of an operator's deed on PostgreSQL, where an end may have come in since [`in_office`] was read: from here to
/// the COMMIT nobody is ended or stopped. The deed of somebody who was is undone and begins anew, to be refused at its door.
/// So an end never waits for a long deed, and none of theirs is kept after it was acknowledged.
pub async fn still_in_office(tx: &mut Tx, operator: &str, at: i64) -> Result<(), StoreError> {
    tx.rely_on(Hot::Operator, POSTS).await?;
    if in_office(tx, operator, at).await?.0 { Ok(()) } else { Err(tx.crossed()) }
}

/// Offices in which an account has a post, at most `limit`, by id.
pub async fn offices(tx: &mut Tx, account: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT organisation FROM post WHERE account = $1 AND state = 'active'
               ORDER BY organisation LIMIT $2";
    tx.rows(sql, args![account, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// When the last lease among the posts of an account ends or ended by silence, microseconds; None for whoever has no post,
/// or left theirs.
pub async fn lease_until(tx: &mut Tx, account: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT lease_until FROM post WHERE account = $1 AND (state = 'active' OR reason = 'silence')
               ORDER BY lease_until DESC LIMIT 1";
    tx.one(sql, args![account]).await?.map(|mut row| row.take()).transpose()
}

/// Word for word the condition of the index that serves it.
pub(crate) const READS: &str = "SELECT count(*) FROM (SELECT 1 FROM use WHERE actor = $1 AND at >= $2
    AND (deed = 'see_residents' OR deed = 'see_mandates' OR deed = 'see_requests') LIMIT $3) u";

/// Looks at files by an actor from a moment on (microseconds); counts to `limit` at most.
pub async fn reads_since(tx: &mut Tx, actor: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let row = tx.one(READS, args![actor, since_at, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// True when something joins two accounts at a moment, in either direction: an edge that did not end, or that one is deputy in a
/// post of the other. A suspended edge and one that waits join too: whose child somebody is does not rest.
pub async fn joined(tx: &mut Tx, one: &str, other: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM edge WHERE state <> 'ended' AND until_at > $3 AND principal = $1 AND actor = $2
               UNION ALL SELECT id FROM edge WHERE state <> 'ended' AND until_at > $3 AND principal = $2 AND actor = $1
               UNION ALL SELECT d.id FROM post d JOIN post o ON o.id = d.parent
               WHERE d.state <> 'ended' AND d.lease_until > $3 AND d.account = $1 AND o.account = $2
               UNION ALL SELECT d.id FROM post d JOIN post o ON o.id = d.parent
               WHERE d.state <> 'ended' AND d.lease_until > $3 AND d.account = $2 AND o.account = $1 LIMIT 1";
    Ok(tx.one(sql, args![one, other, at]).await?.is_some())
}
