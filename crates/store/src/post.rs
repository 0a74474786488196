//! Posts of officers as leases: proposed, accepted, renewed, ended, each change by compare on the version.
//! It does not know what a role allows, and whether a seal fits.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where a post stands.
    State { Pending = "pending", Active = "active", Ended = "ended" }
}

words! {
    /// On whose word it was made.
    Source { Scim = "scim", Import = "import", Operator = "operator", Officer = "officer" }
}

/// A post as it is stored. Times are microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// `pst_…`.
    pub id: String,
    /// Its name for the personnel system: the id of the first post under it.
    pub resource: String,
    /// Keyed hash of the ID number, whether that person has an account or not.
    pub person: Vec<u8>,
    /// Whose it is, once accepted.
    pub account: Option<String>,
    /// Where.
    pub organisation: String,
    /// What.
    pub role: String,
    /// The officer's post, of a deputy's.
    pub parent: Option<String>,
    /// Which of the officer's deputies.
    pub slot: u8,
    /// Where it stands.
    pub state: State,
    /// On whose word.
    pub source: Source,
    /// `fee_…`, `opr_…`, an import or a session.
    pub made_by: String,
    /// The organisation at the top of the feed's subtree.
    pub feed: Option<String>,
    /// What the personnel system calls the person.
    pub user_name: Option<String>,
    /// What the personnel system calls its own row.
    pub external_id: Option<String>,
    /// The import that brought it.
    pub batch: Option<String>,
    /// Proposed.
    pub made_at: i64,
    /// Accepted by its person.
    pub accepted_at: Option<i64>,
    /// The last word of whoever names it.
    pub renewed_at: i64,
    /// Over then, unless it is renewed.
    pub lease_until: i64,
    /// When it ended, with `reason`.
    pub ended_at: Option<i64>,
    /// `silence`, `transferred`, `left`, …
    pub reason: Option<String>,
    /// Raised by every change.
    pub version: i64,
    /// Over all that stands above.
    pub seal: Vec<u8>,
}

macro_rules! columns {
    () => {
        "id, resource, person, account, organisation, role, parent, slot, state, source, made_by, feed, user_name,
         external_id, batch, made_at, accepted_at, renewed_at, lease_until, ended_at, reason, version, seal"
    };
}

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT ", columns!(), " FROM post ", $tail)
    };
}

/// Adds one; false when the person has this role there already, or the name or slot is taken.
pub async fn insert(tx: &mut Tx, p: &Post) -> Result<bool, StoreError> {
    let sql = concat!(
        "INSERT INTO post (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
         $23) ON CONFLICT DO NOTHING"
    );
    let args = args![
        &p.id,
        &p.resource,
        &p.person,
        p.account.as_deref(),
        &p.organisation,
        &p.role,
        p.parent.as_deref(),
        p.slot,
        p.state,
        p.source,
        &p.made_by,
        p.feed.as_deref(),
        p.user_name.as_deref(),
        p.external_id.as_deref(),
        p.batch.as_deref(),
        p.made_at,
        p.accepted_at,
        p.renewed_at,
        p.lease_until,
        p.ended_at,
        p.reason.as_deref(),
        p.version,
        &p.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Writes what can change of a post, as version `p.version`; false when the row is not at the version before.
pub async fn change(tx: &mut Tx, p: &Post) -> Result<bool, StoreError> {
    let sql = "UPDATE post SET account = $3, state = $4, user_name = $5, external_id = $6, accepted_at = $7,
               renewed_at = $8, lease_until = $9, ended_at = $10, reason = $11, seal = $12, version = $2
               WHERE id = $1 AND version = $2 - 1";
    let args = args![
        &p.id,
        p.version,
        p.account.as_deref(),
        p.state,
        p.user_name.as_deref(),
        p.external_id.as_deref(),
        p.accepted_at,
        p.renewed_at,
        p.lease_until,
        p.ended_at,
        p.reason.as_deref(),
        &p.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Post>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(post).transpose()
}

/// Says that this deed relies on a post as it stands, and reads it. Rely on its account before.
pub async fn rely_on(tx: &mut Tx, id: &str) -> Result<Option<Post>, StoreError> {
    tx.share("SELECT id FROM post WHERE id = $1 FOR SHARE", args![id]).await?;
    find(tx, id).await
}

/// Says that this deed changes a post, and reads it. Call `account::changed` for its account before.
pub async fn to_change(tx: &mut Tx, id: &str) -> Result<Option<Post>, StoreError> {
    tx.share("SELECT id FROM post WHERE id = $1 FOR UPDATE", args![id]).await?;
    find(tx, id).await
}

/// Deputies of an officer's post that have not ended, in the order of their ids.
pub async fn deputies_of(tx: &mut Tx, id: &str) -> Result<Vec<Post>, StoreError> {
    let sql = select!("WHERE parent = $1 AND state <> 'ended' ORDER BY id");
    tx.rows(sql, args![id]).await?.into_iter().map(post).collect()
}

/// The newest post under a feed's name for it.
pub async fn of_resource(tx: &mut Tx, feed: &str, resource: &str) -> Result<Option<Post>, StoreError> {
    let sql = select!("WHERE resource = $1 AND feed = $2 ORDER BY id DESC LIMIT 1");
    tx.one(sql, args![resource, feed]).await?.map(post).transpose()
}

/// Which posts a list shows.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// All.
    All,
    /// What the personnel system calls the person.
    UserName(&'a str),
    /// What it calls its own row.
    ExternalId(&'a str),
}

/// The newest post of each name of a feed but of those that it removed, in order, and how many there are.
pub async fn of_feed(
    tx: &mut Tx,
    feed: &str,
    by: By<'_>,
    (skip, limit): (u32, u32),
) -> Result<(Vec<Post>, u32), StoreError> {
    // A name's newest row: none of the same name comes behind it.
    macro_rules! newest {
        ($head:expr, $which:literal, $tail:literal) => {
            concat!(
                $head,
                " FROM post WHERE feed = $1 AND (reason IS NULL OR reason <> 'removed') AND NOT EXISTS
                 (SELECT 1 FROM post AS later WHERE later.resource = post.resource AND later.id > post.id)",
                $which,
                $tail
            )
        };
    }
    macro_rules! both {
        ($which:literal, $limit:literal, [$($own:expr),*]) => {{
            let counted = tx.one(newest!("SELECT count(*)", $which, ""), args![$($own),*]).await?;
            let total = counted.map_or(Ok(0), |mut row| row.take::<u32>())?;
            let sql = newest!(concat!("SELECT ", columns!()), $which, $limit);
            let rows = tx.rows(sql, args![$($own,)* limit, skip]).await?;
            Ok((rows.into_iter().map(post).collect::<Result<_, _>>()?, total))
        }};
    }
    match by {
        By::All => both!("", " ORDER BY resource LIMIT $2 OFFSET $3", [feed]),
        By::UserName(name) => both!(" AND user_name = $2", " ORDER BY resource LIMIT $3 OFFSET $4", [feed, name]),
        By::ExternalId(name) => both!(" AND external_id = $2", " ORDER BY resource LIMIT $3 OFFSET $4", [feed, name]),
    }
}

/// All of a person, by the hash of their ID number, the newest first.
pub async fn of_person(tx: &mut Tx, person: &[u8]) -> Result<Vec<Post>, StoreError> {
    tx.rows(select!("WHERE person = $1 ORDER BY id DESC LIMIT 100"), args![person])
        .await?
        .into_iter()
        .map(post)
        .collect()
}

/// Those of an import that have not ended, in the order of their ids behind the last one seen.
pub async fn of_batch(tx: &mut Tx, batch: &str, after: &str, limit: u32) -> Result<Vec<Post>, StoreError> {
    let sql = select!("WHERE batch = $1 AND id > $2 AND state <> 'ended' ORDER BY id LIMIT $3");
    tx.rows(sql, args![batch, after, limit]).await?.into_iter().map(post).collect()
}

/// Those of an account that have not ended.
pub async fn standing_of(tx: &mut Tx, account: &str) -> Result<Vec<Post>, StoreError> {
    let sql = select!("WHERE account = $1 AND state <> 'ended' ORDER BY id LIMIT 100");
    tx.rows(sql, args![account]).await?.into_iter().map(post).collect()
}

/// Those of an organisation, the newest first, behind the last one seen ("" for the first page).
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: &str,
    before: &str,
    limit: u32,
) -> Result<Vec<Post>, StoreError> {
    // '~' sorts behind every id.
    let before = if before.is_empty() { "~" } else { before };
    let sql = select!("WHERE organisation = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    tx.rows(sql, args![organisation, before, limit]).await?.into_iter().map(post).collect()
}

/// Ids of those in an organisation that have not ended.
pub async fn standing_in(tx: &mut Tx, organisation: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM post WHERE organisation = $1 AND state <> 'ended' ORDER BY id LIMIT $2";
    tx.rows(sql, args![organisation, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Ids of those whose lease is over and that were not ended yet.
pub async fn over(tx: &mut Tx, now_at: i64, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM post WHERE state <> 'ended' AND lease_until <= $1 ORDER BY lease_until LIMIT $2";
    tx.rows(sql, args![now_at, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Ids of deputies' posts whose officer's has ended.
pub async fn orphans(tx: &mut Tx, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM post WHERE parent IS NOT NULL AND state <> 'ended' AND EXISTS
               (SELECT 1 FROM post AS officer WHERE officer.id = post.parent AND officer.state = 'ended') LIMIT $1";
    tx.rows(sql, args![limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Notes that a session acted in a post.
pub async fn acted_in(tx: &mut Tx, post: &str, session: &str, account: &str, at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO post_session (post, session, account, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![post, session, account, at]).await.map(drop)
}

/// Sessions that acted in a post.
pub async fn sessions_in(tx: &mut Tx, post: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT session FROM post_session WHERE post = $1 ORDER BY session";
    tx.rows(sql, args![post]).await?.into_iter().map(|mut row| row.take()).collect()
}

fn post(mut row: Row) -> Result<Post, StoreError> {
    Ok(Post {
        id: row.take()?,
        resource: row.take()?,
        person: row.take()?,
        account: row.take()?,
        organisation: row.take()?,
        role: row.take()?,
        parent: row.take()?,
        slot: row.take()?,
        state: row.take()?,
        source: row.take()?,
        made_by: row.take()?,
        feed: row.take()?,
        user_name: row.take()?,
        external_id: row.take()?,
        batch: row.take()?,
        made_at: row.take()?,
        accepted_at: row.take()?,
        renewed_at: row.take()?,
        lease_until: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
