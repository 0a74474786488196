//! Keys of others that are registered for a purpose, such as signing the files of a source, and registrations without one.
//! It does not know what a signature is over, nor who may decide.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// What a key is registered for.
    Purpose { Import = "import" }
}

words! {
    /// How far a registration is. Withdrawn is one that was never approved.
    State { Proposed = "proposed", Active = "active", Withdrawn = "withdrawn", Ended = "ended" }
}

/// A registration. Times are Unix microseconds; operators are ids, None for the server's own command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredKey {
    /// `rky_…`
    pub id: String,
    /// What for.
    pub purpose: Purpose,
    /// Whose: of an import the name of the source.
    pub owner: String,
    /// Thumbprint of the key (RFC 7638) in base64url; None when the owner comes without a signature.
    pub kid: Option<String>,
    /// Number of the suite, and the 33 bytes of the key.
    pub public_key: Option<Vec<u8>>,
    /// Why, and how it was made sure that the key is theirs.
    pub reason: String,
    /// How far.
    pub state: State,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at: i64,
    /// Who approved it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// Who ended it or called it off.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<i64>,
    /// Raised by every change.
    pub version: i64,
    /// Over what it says.
    pub seal: Vec<u8>,
}

/// Registrations that stand or wait, and those of the past, that a list has at most.
pub const LISTED_MAX: u32 = 500;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, purpose, owner, kid, public_key, reason, state, proposed_by, proposed_at, decided_by, decided_at,
             ended_by, ended_at, version, seal FROM registered_key ",
            $tail
        )
    };
}

/// Says that this deed relies on the registrations as they stand.
pub async fn rely_on(tx: &mut Tx) -> Result<(), StoreError> {
    tx.rely_on(Hot::Organisation, "registered_keys").await
}

/// Says that this deed changes which stand; waits for those who rely on them.
pub async fn change(tx: &mut Tx) -> Result<(), StoreError> {
    tx.change(Hot::Organisation, "registered_keys").await
}

/// Adds a proposal.
pub async fn propose(tx: &mut Tx, k: &RegisteredKey) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO registered_key (id, purpose, owner, kid, public_key, reason, state, proposed_by, proposed_at,
               version, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args = args![
        &k.id,
        k.purpose,
        &k.owner,
        k.kid.as_deref(),
        k.public_key.as_deref(),
        &k.reason,
        k.state,
        k.proposed_by.as_deref(),
        k.proposed_at,
        k.version,
        &k.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Writes a step by compare on the version before it; false when somebody was faster.
pub async fn step(tx: &mut Tx, k: &RegisteredKey) -> Result<bool, StoreError> {
    let sql = "UPDATE registered_key SET state = $2, decided_by = $3, decided_at = $4, ended_by = $5, ended_at = $6,
               version = $7, seal = $8 WHERE id = $1 AND version = $7 - 1";
    let args = args![
        &k.id,
        k.state,
        k.decided_by.as_deref(),
        k.decided_at,
        k.ended_by.as_deref(),
        k.ended_at,
        k.version,
        &k.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<RegisteredKey>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// Those of an owner that stand.
pub async fn active(tx: &mut Tx, purpose: Purpose, owner: &str) -> Result<Vec<RegisteredKey>, StoreError> {
    let sql = select!("WHERE purpose = $1 AND owner = $2 AND state = 'active' ORDER BY id");
    tx.rows(sql, args![purpose, owner]).await?.into_iter().map(one).collect()
}

/// Whether a key was ever approved, for whomever and for whatever.
pub async fn was_approved(tx: &mut Tx, kid: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM registered_key WHERE kid = $1 AND decided_at IS NOT NULL LIMIT 1";
    Ok(tx.one(sql, args![kid]).await?.is_some())
}

/// Whoever was ever approved for a purpose, whether it stands or not. One more than `most` says that there are more.
pub async fn owners(tx: &mut Tx, purpose: Purpose, most: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT owner FROM registered_key WHERE purpose = $1 AND decided_at IS NOT NULL
               ORDER BY owner LIMIT $2";
    tx.rows(sql, args![purpose, most]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Those that stand or wait by their owner, then the newest of the past; at most [`LISTED_MAX`] of each.
pub async fn listed(tx: &mut Tx, purpose: Purpose) -> Result<Vec<RegisteredKey>, StoreError> {
    let standing =
        select!("WHERE purpose = $1 AND (state = 'proposed' OR state = 'active') ORDER BY owner, id LIMIT $2");
    let past = select!("WHERE purpose = $1 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT $2");
    let mut rows = tx.rows(standing, args![purpose, LISTED_MAX]).await?;
    rows.extend(tx.rows(past, args![purpose, LISTED_MAX]).await?);
    rows.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<RegisteredKey, StoreError> {
    Ok(RegisteredKey {
        id: row.take()?,
        purpose: row.take()?,
        owner: row.take()?,
        kid: row.take()?,
        public_key: row.take()?,
        reason: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        ended_by: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
