//! Organisations as a tree, departments and enterprises; and imports that bring many of them.
//! It does not know credit codes, nor who may change what: seals come with the rows.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// What it is.
    Kind { Enterprise = "enterprise", Department = "department" }
}

words! {
    /// Whether it may act.
    State { Active = "active", Suspended = "suspended", Ended = "ended" }
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// `org_…`.
    pub id: String,
    /// Enterprise or department.
    pub kind: Kind,
    /// Of an enterprise always.
    pub credit_code: Option<String>,
    /// Its registered name.
    pub name: String,
    /// GB/T 2260, 6 digits.
    pub region: String,
    /// Whose part it is.
    pub parent: Option<String>,
    /// Whether it may act.
    pub state: State,
    /// On whose word.
    pub source: String,
    /// The import that brought it.
    pub batch: Option<String>,
    /// Microseconds.
    pub created_at: i64,
    /// Raised by every change.
    pub version: i64,
    /// Over its fields and version.
    pub seal: Vec<u8>,
}

/// Ancestors that are followed at most.
pub const DEPTH_MAX: usize = 16;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, kind, credit_code, name, region, parent, state, source, batch, created_at, version, seal
             FROM organisation ",
            $tail
        )
    };
}

/// Says that this deed relies on the tree as it stands.
pub async fn rely_on_tree(tx: &mut Tx) -> Result<(), StoreError> {
    tx.rely_on(Hot::Organisation, "tree").await
}

/// Says that this deed changes the tree's shape or an organisation's standing; waits for those who rely on it.
pub async fn change_tree(tx: &mut Tx) -> Result<(), StoreError> {
    tx.change(Hot::Organisation, "tree").await
}

/// Adds one; false when its id or its credit code is taken.
pub async fn insert(tx: &mut Tx, o: &Organisation) -> Result<bool, StoreError> {
    let sql = "INSERT INTO organisation (id, kind, credit_code, name, region, parent, state, source, batch, created_at,
               version, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    let args = args![
        &o.id,
        o.kind,
        o.credit_code.as_deref(),
        &o.name,
        &o.region,
        o.parent.as_deref(),
        o.state,
        &o.source,
        o.batch.as_deref(),
        o.created_at,
        o.version,
        &o.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Writes a change by compare on the version before it; false when somebody was faster.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<bool, StoreError> {
    let sql = "UPDATE organisation SET parent = $2, state = $3, version = $4, seal = $5
               WHERE id = $1 AND version = $4 - 1";
    Ok(tx.execute(sql, args![&o.id, o.parent.as_deref(), o.state, o.version, &o.seal]).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Organisation>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// By credit code.
pub async fn by_credit_code(tx: &mut Tx, code: &str) -> Result<Option<Organisation>, StoreError> {
    tx.one(select!("WHERE credit_code = $1"), args![code]).await?.map(one).transpose()
}

/// Those directly under one, or the tops of the tree, in order of id behind the last one seen.
pub async fn children(
    tx: &mut Tx,
    parent: Option<&str>,
    after: &str,
    limit: u32,
) -> Result<Vec<Organisation>, StoreError> {
    let rows = match parent {
        Some(parent) => {
            tx.rows(select!("WHERE parent = $1 AND id > $2 ORDER BY id LIMIT $3"), args![parent, after, limit]).await?
        }
        None => tx.rows(select!("WHERE parent IS NULL AND id > $1 ORDER BY id LIMIT $2"), args![after, limit]).await?,
    };
    rows.into_iter().map(one).collect()
}

/// Those of a region and of all within it, from its first code to its last, in order of region and id behind the last one
/// seen.
pub async fn in_region(
    tx: &mut Tx,
    [first, last]: [&str; 2],
    after: (&str, &str),
    limit: u32,
) -> Result<Vec<Organisation>, StoreError> {
    let sql = select!("WHERE region >= $1 AND region <= $2 AND (region, id) > ($3, $4) ORDER BY region, id LIMIT $5");
    tx.rows(sql, args![first, last, after.0, after.1, limit]).await?.into_iter().map(one).collect()
}

/// Those that are suspended, in order of id behind the last one seen.
pub async fn suspended(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Organisation>, StoreError> {
    let sql = select!("WHERE state = 'suspended' AND id > $1 ORDER BY id LIMIT $2");
    tx.rows(sql, args![after, limit]).await?.into_iter().map(one).collect()
}

/// Whether anything under it is not ended.
pub async fn has_children(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM organisation WHERE parent = $1 AND state <> 'ended' LIMIT 1";
    Ok(tx.one(sql, args![id]).await?.is_some())
}

/// From an organisation up to the top, itself first; at most [`DEPTH_MAX`].
pub async fn line(tx: &mut Tx, id: &str) -> Result<Vec<Organisation>, StoreError> {
    let mut line: Vec<Organisation> = Vec::new();
    let mut next = Some(id.to_owned());
    while let Some(id) = next.take().filter(|_| line.len() < DEPTH_MAX) {
        if let Some(found) = find(tx, &id).await? {
            next.clone_from(&found.parent);
            line.push(found);
        }
    }
    Ok(line)
}

/// Those of an import that nobody has changed since and that are not ended, behind the last one seen.
pub async fn of_batch(tx: &mut Tx, batch: &str, after: &str, limit: u32) -> Result<Vec<Organisation>, StoreError> {
    let sql = select!("WHERE batch = $1 AND id > $2 AND version = 1 AND state <> 'ended' ORDER BY id LIMIT $3");
    tx.rows(sql, args![batch, after, limit]).await?.into_iter().map(one).collect()
}

words! {
    /// How far an import is.
    BatchState { Proposed = "proposed", Running = "running", Done = "done", Undone = "undone" }
}

words! {
    /// What an import brings.
    BatchKind { Organisations = "organisations", Posts = "posts", Representatives = "representatives" }
}

/// An import of organisations, of posts in them, or of representatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// `use_…`, the use that proposed it.
    pub id: String,
    /// What it brings.
    pub kind: BatchKind,
    /// SHA-256 of the file.
    pub file_hash: Vec<u8>,
    /// Whose register it is.
    pub source: String,
    /// What the dry run counted, JSON.
    pub counts: String,
    /// Rows that are through.
    pub rows_read: i64,
    /// How far it is.
    pub state: BatchState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Thumbprint of the key by which its source signed the file.
    pub signed_by: Option<String>,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub updated_at: i64,
}

macro_rules! select_batch {
    ($tail:literal) => {
        concat!(
            "SELECT id, kind, file_hash, source, counts, rows_read, state, proposed_by, approved_by, signed_by, created_at,
             updated_at
             FROM organisation_batch ",
            $tail
        )
    };
}

/// Proposes an import; false when that file was proposed before.
pub async fn propose(tx: &mut Tx, b: &Batch) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO organisation_batch (id, file_hash, source, counts, rows_read, state, proposed_by, created_at,
               updated_at, kind, signed_by) VALUES ($1, $2, $3, $4, 0, 'proposed', $5, $6, $6, $7, $8) ON CONFLICT DO NOTHING";
    let signed_by = b.signed_by.as_deref();
    let args = args![&b.id, &b.file_hash, &b.source, &b.counts, &b.proposed_by, b.created_at, b.kind, signed_by];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By the file's hash.
pub async fn batch_of(tx: &mut Tx, file_hash: &[u8]) -> Result<Option<Batch>, StoreError> {
    tx.one(select_batch!("WHERE file_hash = $1"), args![file_hash]).await?.map(batch).transpose()
}

/// By id.
pub async fn find_batch(tx: &mut Tx, id: &str) -> Result<Option<Batch>, StoreError> {
    tx.one(select_batch!("WHERE id = $1"), args![id]).await?.map(batch).transpose()
}

/// The newest, at most 100.
pub async fn batches(tx: &mut Tx) -> Result<Vec<Batch>, StoreError> {
    tx.rows(select_batch!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(batch).collect()
}

/// Approves a proposed one; false when it is not proposed any more.
pub async fn approve_batch(tx: &mut Tx, id: &str, by: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE organisation_batch SET state = 'running', approved_by = $2, updated_at = $3
               WHERE id = $1 AND state = 'proposed'";
    Ok(tx.execute(sql, args![id, by, at]).await? == 1)
}

/// Notes how far it is, in the transaction of the rows; false when somebody else ran it further meanwhile.
pub async fn batch_at(tx: &mut Tx, id: &str, from: i64, to: i64, done: bool, at: i64) -> Result<bool, StoreError> {
    let state = if done { BatchState::Done } else { BatchState::Running };
    let sql = "UPDATE organisation_batch SET rows_read = $3, state = $4, updated_at = $5
               WHERE id = $1 AND rows_read = $2 AND state = 'running'";
    Ok(tx.execute(sql, args![id, from, to, state, at]).await? == 1)
}

/// Marks one as undone; false when it was not done or running.
pub async fn undo_batch(tx: &mut Tx, id: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE organisation_batch SET state = 'undone', updated_at = $2
               WHERE id = $1 AND state IN ('running', 'done')";
    Ok(tx.execute(sql, args![id, at]).await? == 1)
}

fn one(mut row: Row) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: row.take()?,
        kind: row.take()?,
        credit_code: row.take()?,
        name: row.take()?,
        region: row.take()?,
        parent: row.take()?,
        state: row.take()?,
        source: row.take()?,
        batch: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}

fn batch(mut row: Row) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.take()?,
        kind: row.take()?,
        file_hash: row.take()?,
        source: row.take()?,
        counts: row.take()?,
        rows_read: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        approved_by: row.take()?,
        signed_by: row.take()?,
        created_at: row.take()?,
        updated_at: row.take()?,
    })
}
