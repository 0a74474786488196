//! Apps under review, version after version; one version of a client is active at a time.
//! It does not read metadata: it is text here.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where a version stands.
    State { Proposed = "proposed", Active = "active", Refused = "refused", Retired = "retired", Ended = "ended" }
}

/// A version of a client. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Version {
    /// `app_…`, the `client_id`.
    pub id: String,
    /// 1, 2, 3, …
    pub version: u32,
    /// Credit code of the organisation.
    pub organisation: String,
    /// Its legal name.
    pub owner: String,
    /// Whom pseudonyms are for.
    pub sector: String,
    /// RFC 7591, JSON.
    pub metadata: String,
    /// Keyed hash of the client's secret.
    pub secret_hash: Option<Vec<u8>>,
    /// Where it stands.
    pub state: State,
    /// Operator id, `system`, or the organisation's own token.
    pub proposed_by: String,
    /// When.
    pub proposed_at: i64,
    /// Another operator's id.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<i64>,
    /// The reviewer's words.
    pub note: Option<String>,
    /// Over the fields that count.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, version, organisation, owner, sector, metadata, secret_hash, state, proposed_by, proposed_at,
             reviewed_by, reviewed_at, note, seal FROM client ",
            $tail
        )
    };
}

/// The number that the next version of a client will have. Nobody else proposes one until this deed is done.
pub async fn next_version(tx: &mut Tx, id: &str) -> Result<u32, StoreError> {
    tx.change(Hot::Client, id).await?;
    let row = tx.one("SELECT coalesce(max(version), 0) + 1 FROM client WHERE id = $1", args![id]).await?;
    row.map_or(Ok(1), |mut row| row.take())
}

/// Puts a proposed version; call [`next_version`] first.
pub async fn propose(tx: &mut Tx, v: &Version) -> Result<(), StoreError> {
    let sql = "INSERT INTO client (id, version, organisation, owner, sector, metadata, secret_hash, state, proposed_by,
               proposed_at, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, $10)";
    let args = args![
        &v.id,
        v.version,
        &v.organisation,
        &v.owner,
        &v.sector,
        &v.metadata,
        v.secret_hash.as_deref(),
        &v.proposed_by,
        v.proposed_at,
        &v.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// What a reviewer decided.
#[derive(Debug, Clone, Copy)]
pub struct Review<'a> {
    /// Another operator than the proposer.
    pub by: &'a str,
    /// Make it active, or refuse it.
    pub approve: bool,
    /// Why.
    pub note: &'a str,
    /// Microseconds.
    pub at: i64,
    /// Over the fields as they stand afterwards.
    pub seal: &'a [u8],
}

/// Ends a proposal; an approved one takes the place of the active one. Waits until nobody is under way who relied on that
/// one (R28). False when there is no such proposal, or the reviewer made it.
pub async fn review(tx: &mut Tx, id: &str, version: u32, r: Review<'_>) -> Result<bool, StoreError> {
    tx.change(Hot::Client, id).await?;
    let open = "SELECT 1 FROM client WHERE id = $1 AND version = $2 AND state = 'proposed' AND proposed_by <> $3";
    if tx.one(open, args![id, version, r.by]).await?.is_none() {
        return Ok(false);
    }
    if r.approve {
        tx.execute("UPDATE client SET state = 'retired' WHERE id = $1 AND state = 'active'", args![id]).await?;
    }
    let state = if r.approve { State::Active } else { State::Refused };
    let sql = "UPDATE client SET state = $3, reviewed_by = $4, reviewed_at = $5, note = $6, seal = $7
               WHERE id = $1 AND version = $2";
    tx.execute(sql, args![id, version, state, r.by, r.at, r.note, r.seal]).await?;
    Ok(true)
}

/// Stops a client: its active version ends, and nothing takes its place. False when none was active.
pub async fn end(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    tx.change(Hot::Client, id).await?;
    Ok(tx.execute("UPDATE client SET state = 'ended' WHERE id = $1 AND state = 'active'", args![id]).await? == 1)
}

/// How many apps came under a name of an organisation.
pub async fn many_of(tx: &mut Tx, organisation: &str) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM client WHERE organisation = $1 AND version = 1";
    tx.one(sql, args![organisation]).await?.map_or(Ok(0), |mut row| row.take())
}

/// Sector and legal name of whoever has, or had, an app.
pub async fn whose(tx: &mut Tx, id: &str) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT sector, owner FROM client WHERE id = $1 AND state IN ('active', 'retired', 'ended')
               ORDER BY version DESC LIMIT 1";
    tx.one(sql, args![id]).await?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// The active version, to be kept in memory; [`standing`] says whether it still is.
pub async fn active(tx: &mut Tx, id: &str) -> Result<Option<Version>, StoreError> {
    tx.one(select!("WHERE id = $1 AND state = 'active'"), args![id]).await?.map(one).transpose()
}

/// What in memory is held against: the number of the active version, and of the last merger of organisations in force.
pub type Standing = (u32, u32);

/// The number of the active version and of the last merger; they stay so for this client until this deed is durable.
pub async fn standing(tx: &mut Tx, id: &str) -> Result<Option<Standing>, StoreError> {
    tx.rely_on(Hot::Client, id).await?;
    active_version(tx, id).await
}

/// The same at this moment, for a look that nothing is decided by.
pub async fn active_version(tx: &mut Tx, id: &str) -> Result<Option<Standing>, StoreError> {
    let sql =
        "SELECT version, (SELECT coalesce(max(nth), 0) FROM merger) FROM client WHERE id = $1 AND state = 'active'";
    tx.one(sql, args![id]).await?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// One version.
pub async fn find(tx: &mut Tx, id: &str, version: u32) -> Result<Option<Version>, StoreError> {
    tx.one(select!("WHERE id = $1 AND version = $2"), args![id, version]).await?.map(one).transpose()
}

/// All that are active, by id; at most 2,000.
pub async fn all_active(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    tx.rows(select!("WHERE state = 'active' ORDER BY id LIMIT 2000"), args![]).await?.into_iter().map(one).collect()
}

/// Versions by client, the newest first, after the id of the last client seen; only those of a state where one is given.
pub async fn page(tx: &mut Tx, after: &str, state: Option<State>, limit: u32) -> Result<Vec<Version>, StoreError> {
    let rows = match state {
        None => tx.rows(select!("WHERE id > $1 ORDER BY id, version DESC LIMIT $2"), args![after, limit]).await?,
        Some(state) => {
            let sql = select!("WHERE id > $1 AND state = $3 ORDER BY id, version DESC LIMIT $2");
            tx.rows(sql, args![after, limit, state]).await?
        }
    };
    rows.into_iter().map(one).collect()
}

/// The versions of one client, the newest first.
pub async fn versions(tx: &mut Tx, id: &str, limit: u32) -> Result<Vec<Version>, StoreError> {
    let sql = select!("WHERE id = $1 ORDER BY version DESC LIMIT $2");
    tx.rows(sql, args![id, limit]).await?.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<Version, StoreError> {
    Ok(Version {
        id: row.take()?,
        version: row.take()?,
        organisation: row.take()?,
        owner: row.take()?,
        sector: row.take()?,
        metadata: row.take()?,
        secret_hash: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        reviewed_by: row.take()?,
        reviewed_at: row.take()?,
        note: row.take()?,
        seal: row.take()?,
    })
}
