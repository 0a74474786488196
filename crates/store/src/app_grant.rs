//! What people allow apps: given with a hash of what was shown, given anew in place, withdrawn with everything that hangs
//! on it. It does not know scopes or claims: they are text here.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account};

words! {
    /// Whether a grant stands; mind its end as well.
    State { Given = "given", Withdrawn = "withdrawn" }
}

/// A grant. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Grant {
    /// `grn_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// `app_…`
    pub client: String,
    /// For whom they act, `edg_…`; "" for oneself.
    pub edge: String,
    /// With blanks between.
    pub scopes: String,
    /// With blanks between.
    pub claims: String,
    /// SHA-256 of what was shown.
    pub shown_hash: Vec<u8>,
    /// Begin.
    pub from_at: i64,
    /// End.
    pub until_at: i64,
    /// Given or withdrawn.
    pub state: State,
    /// When it was withdrawn.
    pub ended_at: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Raised by each change.
    pub version: i64,
    /// Over the fields that count.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, client, edge, scopes, claims, shown_hash, from_at, until_at, state, ended_at, reason,
             version, seal FROM app_grant ",
            $tail
        )
    };
}

/// Gives one for the first time. Call [`account::changed`] first.
pub async fn insert(tx: &mut Tx, g: &Grant) -> Result<(), StoreError> {
    let sql = "INSERT INTO app_grant (id, account, client, edge, scopes, claims, shown_hash, from_at, until_at, state,
               version, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'given', $10, $11)";
    let args = args![
        &g.id,
        &g.account,
        &g.client,
        &g.edge,
        &g.scopes,
        &g.claims,
        &g.shown_hash,
        g.from_at,
        g.until_at,
        g.version,
        &g.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Gives one anew, in place: what hangs on it stays, within what is now given. `g.version` is the new one; false when the
/// grant was changed since it was read. Call [`account::changed`] first.
pub async fn renew(tx: &mut Tx, g: &Grant) -> Result<bool, StoreError> {
    let sql =
        "UPDATE app_grant SET scopes = $3, claims = $4, shown_hash = $5, from_at = $6, until_at = $7, version = $2,
               seal = $8 WHERE id = $1 AND version = $2 - 1 AND state = 'given'";
    let args = args![&g.id, g.version, &g.scopes, &g.claims, &g.shown_hash, g.from_at, g.until_at, &g.seal];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The one that stands between an account and a client. Call [`account::rely_on`] or [`account::changed`] first.
pub async fn standing(tx: &mut Tx, account: &str, client: &str, edge: &str) -> Result<Option<Grant>, StoreError> {
    let sql = select!("WHERE account = $1 AND client = $2 AND edge = $3 AND state = 'given'");
    tx.one(sql, args![account, client, edge]).await?.map(one).transpose()
}

/// By id. Call [`account::rely_on`] first.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Grant>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// All of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Grant>, StoreError> {
    let sql = select!("WHERE account = $1 ORDER BY id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

/// All of an account that were given and not taken back, those that ran out as well: their apps know the person.
pub async fn given_of(tx: &mut Tx, account: &str) -> Result<Vec<Grant>, StoreError> {
    let sql = select!("WHERE account = $1 AND state = 'given' ORDER BY id");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

/// Those that ran out before a moment and were not taken back, the oldest first.
pub async fn over(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Grant>, StoreError> {
    let sql = select!("WHERE state = 'given' AND until_at <= $1 ORDER BY until_at, id LIMIT $2");
    tx.rows(sql, args![at, limit]).await?.into_iter().map(one).collect()
}

/// Withdraws a grant and all that hangs on it, families and codes, in this one transaction (rule R32). False when the
/// account has no such one standing. `seal` is over the row as it stands afterwards.
pub async fn withdraw(tx: &mut Tx, grant: &Grant, reason: &str, at: i64, seal: &[u8]) -> Result<bool, StoreError> {
    account::changed(tx, &grant.account).await?;
    let sql = "UPDATE app_grant SET state = 'withdrawn', ended_at = $3, reason = $4, version = version + 1, seal = $5
               WHERE id = $1 AND version = $2 AND state = 'given'";
    let done = tx.execute(sql, args![&grant.id, grant.version, at, reason, seal]).await? == 1;
    if done {
        crate::family::end_of_grant(tx, &grant.id, reason, at).await?;
        end_codes(tx, &grant.account, &grant.client, at).await?;
    }
    Ok(done)
}

/// Ends the codes that an account has on the way to a client.
pub async fn end_codes(tx: &mut Tx, account: &str, client: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE one_time SET expires_at = $3
               WHERE account = $1 AND client = $2 AND kind IN ('code', 'device_ok') AND taken_at IS NULL AND expires_at > $3";
    tx.execute(sql, args![account, client, at]).await
}

fn one(mut row: Row) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: row.take()?,
        account: row.take()?,
        client: row.take()?,
        edge: row.take()?,
        scopes: row.take()?,
        claims: row.take()?,
        shown_hash: row.take()?,
        from_at: row.take()?,
        until_at: row.take()?,
        state: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
