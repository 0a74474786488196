//! The slots in which devices of an actor draw codes for a principal, or an officer's in a post: one device a mandate or
//! post, apart from the holder's own. It does not know what a mandate or a post allows.

use crate::db::value::{Row, args};
use crate::device::{self, Device};
use crate::standing::{Standing, standing_of};
use crate::{StoreError, Tx, account};

/// The first slot of mandates; those below are the principal's own devices'.
pub const FIRST: u8 = 128;

/// What a slot was taken under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Under {
    /// `edg_…`
    Mandate(String),
    /// `pst_…`
    Post(String),
}

/// A slot that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilySlot {
    /// Whose codes: the principal, or whoever bears the code of an enterprise or of a post.
    pub principal: String,
    /// 128 to 255.
    pub slot: u8,
    /// Under which mandate, or in which post.
    pub under: Under,
    /// The actor's device.
    pub device: String,
    /// Of the device's key.
    pub suite: u8,
    /// Microseconds.
    pub taken_at: i64,
}

/// What a code of such a slot hangs on, beside its principal.
#[derive(Debug, Clone)]
pub struct Behind {
    /// `edg_…`
    pub edge: String,
    /// Who acts.
    pub actor: String,
    /// The actor's standing.
    pub actor_state: account::State,
    /// The device in the slot.
    pub device: Device,
    /// The slot is still the mandate's.
    pub live: bool,
}

/// What a code of a post's slot hangs on, beside its holder.
#[derive(Debug, Clone)]
pub struct BehindPost {
    /// `pst_…`
    pub post: String,
    /// Whose post and code.
    pub account: String,
    /// The device in the slot.
    pub device: Device,
    /// The slot is still the post's.
    pub live: bool,
}

macro_rules! select {
    ($tail:literal) => {
        concat!("SELECT principal, slot, edge, post, device, suite, taken_at FROM family_slot ", $tail)
    };
}

/// The slot that is taken under a mandate or by a post.
pub async fn of(tx: &mut Tx, under: &Under) -> Result<Option<FamilySlot>, StoreError> {
    let found = match under {
        Under::Mandate(edge) => tx.one(select!("WHERE edge = $1 AND ended_at IS NULL"), args![edge]).await?,
        Under::Post(post) => tx.one(select!("WHERE post = $1 AND ended_at IS NULL"), args![post]).await?,
    };
    found.map(slot).transpose()
}

/// Takes the lowest slot that is free and has rested since `rested_since_at`; `None` when all are taken or rest.
/// Lock the mandate or the post before, so that two devices under one don't take two.
pub async fn take(tx: &mut Tx, wish: &FamilySlot, rested_since_at: i64) -> Result<Option<u8>, StoreError> {
    let sql = "SELECT slot FROM family_slot WHERE principal = $1 AND (ended_at IS NULL OR ended_at > $2)";
    let mut taken = Vec::new();
    for mut row in tx.rows(sql, args![&wish.principal, rested_since_at]).await? {
        taken.push(row.take::<u8>()?);
    }
    let insert = "INSERT INTO family_slot (principal, slot, edge, post, device, suite, taken_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let (edge, post) = match &wish.under {
        Under::Mandate(edge) => (Some(edge.as_str()), None),
        Under::Post(post) => (None, Some(post.as_str())),
    };
    for free in (FIRST..=u8::MAX).filter(|free| !taken.contains(free)) {
        let args = args![&wish.principal, free, edge, post, &wish.device, wish.suite, wish.taken_at];
        if tx.execute(insert, args).await? == 1 {
            return Ok(Some(free));
        }
    }
    Ok(None)
}

/// Ends the slot of a mandate; principal and slot when there was one.
pub async fn end_of_edge(tx: &mut Tx, edge: &str, at: i64) -> Result<Vec<(String, u8)>, StoreError> {
    let sql = "UPDATE family_slot SET ended_at = $2 WHERE edge = $1 AND ended_at IS NULL RETURNING principal, slot";
    pairs(tx.rows(sql, args![edge, at]).await?)
}

/// Ends the slot of a post; holder and slot when there was one.
pub async fn end_of_post(tx: &mut Tx, post: &str, at: i64) -> Result<Vec<(String, u8)>, StoreError> {
    let sql = "UPDATE family_slot SET ended_at = $2 WHERE post = $1 AND ended_at IS NULL RETURNING principal, slot";
    pairs(tx.rows(sql, args![post, at]).await?)
}

/// Ends the slot that is taken under a mandate or by a post.
pub async fn end(tx: &mut Tx, under: &Under, at: i64) -> Result<Vec<(String, u8)>, StoreError> {
    match under {
        Under::Mandate(edge) => end_of_edge(tx, edge, at).await,
        Under::Post(post) => end_of_post(tx, post, at).await,
    }
}

/// Posts that have a slot in an office which may not act: it, or one above it, is suspended or has ended; at most so many.
pub async fn of_stopped_offices(tx: &mut Tx, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "WITH RECURSIVE under (id) AS (
                 SELECT id FROM organisation WHERE kind = 'department' AND state <> 'active'
                 UNION SELECT o.id FROM organisation o JOIN under u ON o.parent = u.id)
               SELECT f.post FROM under u JOIN post p ON p.organisation = u.id
               JOIN family_slot f ON f.post = p.id AND f.ended_at IS NULL LIMIT $1";
    tx.rows(sql, args![limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Ends the slots that a device draws in.
pub async fn end_of_device(tx: &mut Tx, device: &str, at: i64) -> Result<Vec<(String, u8)>, StoreError> {
    let sql = "UPDATE family_slot SET ended_at = $2 WHERE device = $1 AND ended_at IS NULL RETURNING principal, slot";
    pairs(tx.rows(sql, args![device, at]).await?)
}

/// Ends the slots of all devices of an account.
pub async fn end_of_actor(tx: &mut Tx, actor: &str, at: i64) -> Result<Vec<(String, u8)>, StoreError> {
    let sql = "UPDATE family_slot SET ended_at = $2 WHERE ended_at IS NULL
               AND device IN (SELECT id FROM device WHERE account = $1) RETURNING principal, slot";
    pairs(tx.rows(sql, args![actor, at]).await?)
}

/// What a token of this slot hangs on; `None` when a post took it, or nobody. All of it stays as read until this deed is durable: first what never changes is
/// read without a lock, then both accounts are locked in the order of their ids, then the mandate.
pub async fn rely_on(tx: &mut Tx, handle: &[u8; 8], slot: u8, day_began_at: i64) -> Result<Option<Behind>, StoreError> {
    // A slot that ended and was taken anew names its newest holder; tokens of one before it were withdrawn.
    let who = "SELECT f.edge, f.principal, e.actor, f.taken_at FROM account a
               JOIN family_slot f ON f.principal = a.id AND f.slot = $2 LEFT JOIN edge e ON e.id = f.edge
               WHERE a.handle = $1 AND (f.ended_at IS NULL OR f.ended_at > $3) ORDER BY f.taken_at DESC LIMIT 1";
    let Some(mut row) = tx.one(who, args![handle, slot, day_began_at]).await? else { return Ok(None) };
    let Some(edge) = row.take::<Option<String>>()? else { return Ok(None) };
    let (principal, actor): (String, String) = (row.take()?, row.take()?);
    let taken_at: i64 = row.take()?;
    account::rely_on_both(tx, &principal, &actor).await?;
    tx.share("SELECT id FROM edge WHERE id = $1 FOR SHARE", args![&edge]).await?;
    let sql = concat!(
        "SELECT ",
        standing_of!("a."),
        ", f.ended_at, ",
        device::columns!("d"),
        " FROM family_slot f JOIN device d ON d.id = f.device JOIN account a ON a.id = $1
         WHERE f.principal = $2 AND f.slot = $3 AND f.taken_at = $4"
    );
    let Some(mut row) = tx.one(sql, args![&actor, &principal, slot, taken_at]).await? else { return Ok(None) };
    let actor_state = Standing::read(tx, &actor, &mut row)?.state;
    let live = row.take::<Option<i64>>()?.is_none();
    Ok(Some(Behind { edge, actor, actor_state, device: device::next(&mut row)?, live }))
}

/// What a token of this slot hangs on when a post took it. The holder's account is locked as relied on; rely on the post
/// after it.
pub async fn rely_on_post(
    tx: &mut Tx,
    handle: &[u8; 8],
    slot: u8,
    day_began_at: i64,
) -> Result<Option<BehindPost>, StoreError> {
    let who = "SELECT f.post, f.principal, f.taken_at FROM account a
               JOIN family_slot f ON f.principal = a.id AND f.slot = $2
               WHERE a.handle = $1 AND (f.ended_at IS NULL OR f.ended_at > $3) ORDER BY f.taken_at DESC LIMIT 1";
    let Some(mut row) = tx.one(who, args![handle, slot, day_began_at]).await? else { return Ok(None) };
    let Some(post) = row.take::<Option<String>>()? else { return Ok(None) };
    let (account, taken_at): (String, i64) = (row.take()?, row.take()?);
    account::rely_on(tx, &account).await?;
    let sql = concat!(
        "SELECT f.ended_at, ",
        device::columns!("d"),
        " FROM family_slot f JOIN device d ON d.id = f.device
         WHERE f.principal = $1 AND f.slot = $2 AND f.taken_at = $3"
    );
    let Some(mut row) = tx.one(sql, args![&account, slot, taken_at]).await? else { return Ok(None) };
    let live = row.take::<Option<i64>>()?.is_none();
    Ok(Some(BehindPost { post, account, device: device::next(&mut row)?, live }))
}

fn pairs(rows: Vec<Row>) -> Result<Vec<(String, u8)>, StoreError> {
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

fn slot(mut row: Row) -> Result<FamilySlot, StoreError> {
    let (principal, slot) = (row.take()?, row.take()?);
    let (edge, post): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    // The table's CHECK holds that one of the two is there.
    let under = edge.map_or_else(|| Under::Post(post.unwrap_or_default()), Under::Mandate);
    Ok(FamilySlot { principal, slot, under, device: row.take()?, suite: row.take()?, taken_at: row.take()? })
}
