//! Mandates: one person may act for another. Caps are slots under a unique index, each change compares on the version.
//! It does not know what a scope or a kind allows, and whether a seal fits.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where a mandate stands.
    State { Pending = "pending", Active = "active", Suspended = "suspended", Ended = "ended" }
}

/// A mandate as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// `edg_…`.
    pub id: String,
    /// `guardian`, `helper`, …
    pub kind: String,
    /// For whom: an account or an organisation.
    pub principal: String,
    /// Who acts: an account.
    pub actor: String,
    /// Which of the actor's slots of this kind.
    pub slot: u8,
    /// The mandate that it hangs on.
    pub parent: Option<String>,
    /// Words with spaces between them.
    pub scopes: String,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May make mandates under this one.
    pub may_appoint: bool,
    /// Microseconds.
    pub from_at: i64,
    /// Microseconds.
    pub until_at: i64,
    /// Microseconds; without the principal's own word by then it is over.
    pub consent_by_at: Option<i64>,
    /// On whose word.
    pub evidence: String,
    /// Where that is kept: a file number, never the document.
    pub reference: String,
    /// How well the actor was identified then.
    pub proofing: u8,
    /// Where it stands.
    pub state: State,
    /// An order hides the principal's record from the actor.
    pub hidden: bool,
    /// Who made it: an operator, or a device.
    pub made_by: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub ended_at: Option<i64>,
    /// Microseconds; until then the principal may undo the end.
    pub undo_until_at: Option<i64>,
    /// Why it ended or was suspended, in a word.
    pub reason: Option<String>,
    /// Raised by every change.
    pub version: i64,
    /// Over all that stands above.
    pub seal: Vec<u8>,
}

/// What became of a new mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It has this slot.
    InSlot(u8),
    /// There is one of this kind between the two.
    Exists,
    /// All of the actor's slots of this kind are taken.
    CapReached,
}

/// So many mandates of one account are listed at most.
const LISTED: u32 = 200;

macro_rules! columns {
    () => {
        "id, kind, principal, actor, slot, parent, scopes, limit_amount, may_appoint, from_at, until_at, consent_by_at,
         evidence, reference, proofing, state, hidden, made_by, created_at, ended_at, undo_until_at, reason, version,
         seal"
    };
}

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT ", columns!(), " FROM edge ", $tail)
    };
}

/// Inserts a mandate in the lowest free slot below `cap`. Two that come at once take two slots, or one of them none:
/// the index decides, whatever was read before. `sealed` seals the row as it will stand in that slot.
/// Call `account::changed_both` first.
pub async fn insert(
    tx: &mut Tx,
    edge: &Edge,
    cap: u8,
    sealed: impl Fn(&Edge) -> Vec<u8> + Send,
) -> Result<Inserted, StoreError> {
    let sql = "SELECT slot FROM edge WHERE kind = $1 AND actor = $2 AND state IN ('pending', 'active', 'suspended')";
    let mut taken = Vec::new();
    for mut row in tx.rows(sql, args![&edge.kind, &edge.actor]).await? {
        taken.push(row.take::<u8>()?);
    }
    for slot in (0..cap).filter(|slot| !taken.contains(slot)) {
        let mut row = Edge { slot, ..edge.clone() };
        row.seal = sealed(&row);
        if put(tx, &row).await? {
            return Ok(Inserted::InSlot(slot));
        }
        if between(tx, &edge.kind, &edge.principal, &edge.actor).await? {
            return Ok(Inserted::Exists);
        }
    }
    let exists = between(tx, &edge.kind, &edge.principal, &edge.actor).await?;
    Ok(if exists { Inserted::Exists } else { Inserted::CapReached })
}

async fn put(tx: &mut Tx, e: &Edge) -> Result<bool, StoreError> {
    let sql = concat!(
        "INSERT INTO edge (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
         $23, $24) ON CONFLICT DO NOTHING"
    );
    let args = args![
        &e.id,
        &e.kind,
        &e.principal,
        &e.actor,
        e.slot,
        e.parent.as_deref(),
        &e.scopes,
        e.limit_amount,
        e.may_appoint,
        e.from_at,
        e.until_at,
        e.consent_by_at,
        &e.evidence,
        &e.reference,
        e.proofing,
        e.state,
        e.hidden,
        &e.made_by,
        e.created_at,
        e.ended_at,
        e.undo_until_at,
        e.reason.as_deref(),
        e.version,
        &e.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

async fn between(tx: &mut Tx, kind: &str, principal: &str, actor: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM edge WHERE kind = $1 AND principal = $2 AND actor = $3
               AND state IN ('pending', 'active', 'suspended')";
    Ok(tx.one(sql, args![kind, principal, actor]).await?.is_some())
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Edge>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(edge).transpose()
}

/// Says that this deed relies on a mandate as it stands, and reads it. Rely on both accounts before.
pub async fn rely_on(tx: &mut Tx, id: &str) -> Result<Option<Edge>, StoreError> {
    tx.share("SELECT id FROM edge WHERE id = $1 FOR SHARE", args![id]).await?;
    find(tx, id).await
}

/// Says that this deed changes a mandate, and reads it. Call `account::changed_both` or `account::rely_on_both` before.
pub async fn to_change(tx: &mut Tx, id: &str) -> Result<Option<Edge>, StoreError> {
    tx.share("SELECT id FROM edge WHERE id = $1 FOR UPDATE", args![id]).await?;
    find(tx, id).await
}

/// Writes what can change of a mandate, as version `edge.version`; false when the row is not at the version before,
/// or another mandate has its slot by now.
pub async fn change(tx: &mut Tx, e: &Edge) -> Result<bool, StoreError> {
    if e.state != State::Ended && !slot_free(tx, e).await? {
        return Ok(false);
    }
    let sql = "UPDATE edge SET state = $3, hidden = $4, until_at = $5, consent_by_at = $6, ended_at = $7,
               undo_until_at = $8, reason = $9, seal = $10, version = $2 WHERE id = $1 AND version = $2 - 1";
    let args = args![
        &e.id,
        e.version,
        e.state,
        e.hidden,
        e.until_at,
        e.consent_by_at,
        e.ended_at,
        e.undo_until_at,
        e.reason.as_deref(),
        &e.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// An end that is undone comes back to its own slot, unless that was given away. Both accounts are locked: nobody
/// takes it between this look and the change.
async fn slot_free(tx: &mut Tx, e: &Edge) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM edge WHERE kind = $1 AND actor = $2 AND id <> $4 AND (slot = $3 OR principal = $5)
               AND state IN ('pending', 'active', 'suspended')";
    Ok(tx.one(sql, args![&e.kind, &e.actor, e.slot, &e.id, &e.principal]).await?.is_none())
}

/// All in which an account has a part, the newest first.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Edge>, StoreError> {
    let sql = select!("WHERE principal = $1 OR actor = $1 ORDER BY id DESC LIMIT $2");
    tx.rows(sql, args![account, LISTED]).await?.into_iter().map(edge).collect()
}

/// The active ones under which an account acts for others, the newest first: however many others act for it.
pub async fn acted_by(tx: &mut Tx, actor: &str) -> Result<Vec<Edge>, StoreError> {
    let sql = select!("WHERE actor = $1 AND state = 'active' ORDER BY id DESC LIMIT $2");
    tx.rows(sql, args![actor, LISTED]).await?.into_iter().map(edge).collect()
}

/// Those of an account that are not over, locked to be changed, in the order of their ids.
pub async fn standing_of(tx: &mut Tx, account: &str) -> Result<Vec<Edge>, StoreError> {
    let lock = "SELECT id FROM edge WHERE (principal = $1 OR actor = $1) AND state <> 'ended' ORDER BY id FOR UPDATE";
    tx.share(lock, args![account]).await?;
    let sql = select!("WHERE (principal = $1 OR actor = $1) AND state <> 'ended' ORDER BY id");
    tx.rows(sql, args![account]).await?.into_iter().map(edge).collect()
}

/// Those over a principal that are not over, the oldest first, so that a parent comes before its children. With `lock`
/// they are to be changed.
pub async fn standing_over(tx: &mut Tx, principal: &str, lock: bool) -> Result<Vec<Edge>, StoreError> {
    if lock {
        let sql = "SELECT id FROM edge WHERE principal = $1 AND state <> 'ended' ORDER BY id FOR UPDATE";
        tx.share(sql, args![principal]).await?;
    }
    let sql = select!("WHERE principal = $1 AND state <> 'ended' ORDER BY created_at, id");
    tx.rows(sql, args![principal]).await?.into_iter().map(edge).collect()
}

/// Those of an actor over organisations, over or not, the newest first.
pub async fn for_organisations(tx: &mut Tx, actor: &str) -> Result<Vec<Edge>, StoreError> {
    let sql = select!("WHERE actor = $1 AND kind IN ('agent', 'representative') ORDER BY id DESC LIMIT $2");
    tx.rows(sql, args![actor, LISTED]).await?.into_iter().map(edge).collect()
}

/// Ids of those whose time is over and that still stand.
pub async fn over(tx: &mut Tx, now_at: i64, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM edge WHERE state <> 'ended' AND (until_at <= $1 OR consent_by_at <= $1)
               ORDER BY id LIMIT $2";
    tx.rows(sql, args![now_at, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

fn edge(mut row: Row) -> Result<Edge, StoreError> {
    Ok(Edge {
        id: row.take()?,
        kind: row.take()?,
        principal: row.take()?,
        actor: row.take()?,
        slot: row.take()?,
        parent: row.take()?,
        scopes: row.take()?,
        limit_amount: row.take()?,
        may_appoint: row.take()?,
        from_at: row.take()?,
        until_at: row.take()?,
        consent_by_at: row.take()?,
        evidence: row.take()?,
        reference: row.take()?,
        proofing: row.take()?,
        state: row.take()?,
        hidden: row.take()?,
        made_by: row.take()?,
        created_at: row.take()?,
        ended_at: row.take()?,
        undo_until_at: row.take()?,
        reason: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
