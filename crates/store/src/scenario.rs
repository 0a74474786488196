//! Manifests under review, version after version; one version of a slug is active at a time.
//! It does not read manifests: they are text here.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where a version stands.
    State { Proposed = "proposed", Active = "active", Refused = "refused", Retired = "retired" }
}

/// A version of a manifest.
#[derive(Debug, Clone)]
pub struct Version {
    /// Slug.
    pub slug: String,
    /// 1, 2, 3, …
    pub version: u32,
    /// The number in tokens.
    pub number: u16,
    /// TOML.
    pub manifest: String,
    /// Where it stands.
    pub state: State,
    /// Operator id.
    pub proposed_by: String,
    /// Microseconds.
    pub proposed_at: i64,
    /// Another operator's id.
    pub reviewed_by: Option<String>,
    /// Microseconds.
    pub reviewed_at: Option<i64>,
    /// The reviewer's words.
    pub note: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT slug, version, number, manifest, state, proposed_by, proposed_at, reviewed_by, reviewed_at, note
             FROM scenario ",
            $tail
        )
    };
}

/// Proposes a new version of a slug; its number.
pub async fn propose(
    tx: &mut Tx,
    slug: &str,
    number: u16,
    manifest: &str,
    by: &str,
    at: i64,
) -> Result<u32, StoreError> {
    tx.change(Hot::Scenario, slug).await?;
    let sql = "INSERT INTO scenario (slug, version, number, manifest, state, proposed_by, proposed_at)
               SELECT $1, coalesce(max(version), 0) + 1, $2, $3, 'proposed', $4, $5 FROM scenario WHERE slug = $1
               RETURNING version";
    let row = tx.one(sql, args![slug, number, manifest, by, at]).await?;
    row.map_or(Err(StoreError::Inconsistent("scenario.version")), |mut row| row.take())
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
}

/// Ends a proposal; an approved one takes the place of the active one. False when there is no such
/// proposal, or the reviewer made it.
pub async fn review(tx: &mut Tx, slug: &str, version: u32, r: Review<'_>) -> Result<bool, StoreError> {
    tx.change(Hot::Scenario, slug).await?;
    let open = "SELECT 1 FROM scenario WHERE slug = $1 AND version = $2 AND state = 'proposed' AND proposed_by <> $3";
    if tx.one(open, args![slug, version, r.by]).await?.is_none() {
        return Ok(false);
    }
    if r.approve {
        retire(tx, slug).await?;
    }
    let state = if r.approve { State::Active } else { State::Refused };
    let sql = "UPDATE scenario SET state = $3, reviewed_by = $4, reviewed_at = $5, note = $6
               WHERE slug = $1 AND version = $2";
    tx.execute(sql, args![slug, version, state, r.by, r.at, r.note]).await?;
    Ok(true)
}

/// Ends the active version of a slug.
pub async fn retire(tx: &mut Tx, slug: &str) -> Result<bool, StoreError> {
    tx.change(Hot::Scenario, slug).await?;
    let sql = "UPDATE scenario SET state = 'retired' WHERE slug = $1 AND state = 'active'";
    Ok(tx.execute(sql, args![slug]).await? == 1)
}

/// All active versions, by number.
pub async fn active(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    tx.rows(select!("WHERE state = 'active' ORDER BY number"), args![]).await?.into_iter().map(one).collect()
}

/// The active version of a slug; it stays so until this deed is durable.
pub async fn rely_on(tx: &mut Tx, slug: &str) -> Result<Option<Version>, StoreError> {
    tx.rely_on(Hot::Scenario, slug).await?;
    tx.one(select!("WHERE slug = $1 AND state = 'active'"), args![slug]).await?.map(one).transpose()
}

/// All versions, by slug, the newest first; at most 500.
pub async fn all(tx: &mut Tx) -> Result<Vec<Version>, StoreError> {
    tx.rows(select!("ORDER BY slug, version DESC LIMIT 500"), args![]).await?.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<Version, StoreError> {
    Ok(Version {
        slug: row.take()?,
        version: row.take()?,
        number: row.take()?,
        manifest: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        reviewed_by: row.take()?,
        reviewed_at: row.take()?,
        note: row.take()?,
    })
}
