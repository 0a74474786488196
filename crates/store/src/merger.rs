//! Mergers of organisations: which sector goes on in which, which apps that concerns, and how far people were told.
//! It does not know pseudonyms, nor who may decide.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far a merger is.
    State {
        Proposed = "proposed", Approved = "approved", InForce = "in_force", Refused = "refused", Withdrawn = "withdrawn"
    }
}

/// A merger. Times are Unix microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    /// `use_…`, of the use that proposed it.
    pub id: String,
    /// `org_…` that goes on in the other.
    pub merged: String,
    /// `org_…` that goes on.
    pub successor: String,
    /// Credit code of the merged one: the sector that its apps began in.
    pub from_code: String,
    /// Credit code of the successor.
    pub to_code: String,
    /// Registered names, as they were when it was proposed.
    pub from_name: String,
    /// The successor's.
    pub to_name: String,
    /// Where people reach whoever holds their data from then on.
    pub contact: String,
    /// Where the word for it is kept.
    pub reference: String,
    /// From when on it counts.
    pub effect_at: i64,
    /// How far it is.
    pub state: State,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved or refused it.
    pub decided_by: Option<String>,
    /// When it was proposed.
    pub created_at: i64,
    /// When it was decided.
    pub decided_at: Option<i64>,
    /// When it was called off.
    pub ended_at: Option<i64>,
    /// Its number among those in force.
    pub nth: Option<u32>,
    /// How many people were told.
    pub told: i64,
    /// How far they were told: `client/grant`.
    pub told_after: String,
    /// Nobody acts in the merged one any more.
    pub settled_at: Option<i64>,
    /// Raised by every change of what is sealed.
    pub version: i64,
    /// Over what it says.
    pub seal: Vec<u8>,
}

/// What stands for: nobody is told any more.
pub const ALL_TOLD: &str = "-";
/// Mergers that are followed from one sector at most.
pub const LINE_MAX: usize = 16;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, merged, successor, from_code, to_code, from_name, to_name, contact, reference, effect_at, state,
             proposed_by, decided_by, created_at, decided_at, ended_at, nth, told, told_after, settled_at, version, seal
             FROM merger ",
            $tail
        )
    };
}

/// Puts down a proposal; false when the organisation is in a merger already.
pub async fn propose(tx: &mut Tx, m: &Merger) -> Result<bool, StoreError> {
    let sql = "INSERT INTO merger (id, merged, successor, from_code, to_code, from_name, to_name, contact, reference,
               effect_at, state, proposed_by, created_at, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING";
    let args = args![
        &m.id,
        &m.merged,
        &m.successor,
        &m.from_code,
        &m.to_code,
        &m.from_name,
        &m.to_name,
        &m.contact,
        &m.reference,
        m.effect_at,
        m.state,
        &m.proposed_by,
        m.created_at,
        m.version,
        &m.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Writes a step by compare on the version before it; false when somebody was faster.
pub async fn step(tx: &mut Tx, m: &Merger) -> Result<bool, StoreError> {
    let sql =
        "UPDATE merger SET state = $2, decided_by = $3, decided_at = $4, ended_at = $5, nth = $6, told_after = $7,
               version = $8, seal = $9 WHERE id = $1 AND version = $8 - 1";
    let args = args![
        &m.id,
        m.state,
        m.decided_by.as_deref(),
        m.decided_at,
        m.ended_at,
        m.nth,
        &m.told_after,
        m.version,
        &m.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Merger>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The newest, at most 100.
pub async fn newest(tx: &mut Tx) -> Result<Vec<Merger>, StoreError> {
    tx.rows(select!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(one).collect()
}

/// The approved one by which a sector goes on in another, in force or not yet.
pub async fn of_sector(tx: &mut Tx, code: &str) -> Result<Option<Merger>, StoreError> {
    let sql = select!("WHERE from_code = $1 AND state IN ('approved', 'in_force') ORDER BY id DESC LIMIT 1");
    tx.one(sql, args![code]).await?.map(one).transpose()
}

/// Those approved by which a sector takes over another, in force or not yet; at most 200.
pub async fn into(tx: &mut Tx, code: &str) -> Result<Vec<Merger>, StoreError> {
    let sql = select!("WHERE to_code = $1 AND state IN ('approved', 'in_force') ORDER BY id LIMIT 200");
    tx.rows(sql, args![code]).await?.into_iter().map(one).collect()
}

/// Those that were approved and wait for their day, in which an organisation is on either side.
pub async fn ahead_with(tx: &mut Tx, organisation: &str) -> Result<Vec<Merger>, StoreError> {
    let sql = select!("WHERE (merged = $1 OR successor = $1) AND state = 'approved' ORDER BY id");
    tx.rows(sql, args![organisation]).await?.into_iter().map(one).collect()
}

/// Those that wait for their day and reached it.
pub async fn due(tx: &mut Tx, now_at: i64) -> Result<Vec<Merger>, StoreError> {
    let sql = select!("WHERE state = 'approved' AND effect_at <= $1 ORDER BY effect_at, id LIMIT 20");
    tx.rows(sql, args![now_at]).await?.into_iter().map(one).collect()
}

/// Those of which people are still to be told.
pub async fn untold(tx: &mut Tx) -> Result<Vec<Merger>, StoreError> {
    let sql =
        select!("WHERE state IN ('approved', 'in_force', 'withdrawn') AND told_after <> '-' ORDER BY id LIMIT 20");
    tx.rows(sql, args![]).await?.into_iter().map(one).collect()
}

/// Those in force in whose merged organisation somebody may still have a post or a mandate.
pub async fn unsettled(tx: &mut Tx) -> Result<Vec<Merger>, StoreError> {
    let sql = select!("WHERE state = 'in_force' AND settled_at IS NULL ORDER BY id LIMIT 20");
    tx.rows(sql, args![]).await?.into_iter().map(one).collect()
}

/// Notes how far people were told, by compare on how far they were; false when somebody else told them meanwhile.
pub async fn told(tx: &mut Tx, m: &Merger, more: i64, after: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE merger SET told = told + $3, told_after = $4 WHERE id = $1 AND told_after = $2 AND version = $5";
    Ok(tx.execute(sql, args![&m.id, &m.told_after, more, after, m.version]).await? == 1)
}

/// Notes that nobody acts in the merged organisation any more.
pub async fn settled(tx: &mut Tx, id: &str, at: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE merger SET settled_at = $2 WHERE id = $1", args![id, at]).await.map(drop)
}

/// The number that the next merger in force has; nobody else takes it until this deed is done.
pub async fn next_nth(tx: &mut Tx) -> Result<u32, StoreError> {
    tx.change(Hot::Organisation, "mergers").await?;
    let row = tx.one("SELECT coalesce(max(nth), 0) + 1 FROM merger", args![]).await?;
    row.map_or(Ok(1), |mut row| row.take())
}

/// Ids of the apps whose people are met under a sector, or under one that went on in it; whatever their state.
pub async fn clients_of(tx: &mut Tx, code: &str) -> Result<Vec<String>, StoreError> {
    let (mut codes, mut next) = (vec![code.to_owned()], 0);
    while let Some(code) = codes.get(next).cloned() {
        next += 1;
        let sql = "SELECT from_code FROM merger WHERE to_code = $1 AND state = 'in_force' ORDER BY from_code";
        for mut row in tx.rows(sql, args![&code]).await? {
            let before: String = row.take()?;
            if !codes.contains(&before) {
                codes.push(before);
            }
        }
    }
    let mut ids: Vec<String> = Vec::new();
    for code in &codes {
        for mut row in tx.rows("SELECT DISTINCT id FROM client WHERE sector = $1", args![code]).await? {
            ids.push(row.take()?);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Says that this deed changes what an app's line is; waits for those who rely on the app.
pub async fn change_client(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.change(Hot::Client, id).await
}

/// Agreements with an app that stand, by id behind the last one seen: (grant, account).
pub async fn agreements(
    tx: &mut Tx,
    client: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql =
        "SELECT id, account FROM app_grant WHERE client = $1 AND id > $2 AND state = 'given' ORDER BY id LIMIT $3";
    let rows = tx.rows(sql, args![client, after, limit]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

fn one(mut row: Row) -> Result<Merger, StoreError> {
    Ok(Merger {
        id: row.take()?,
        merged: row.take()?,
        successor: row.take()?,
        from_code: row.take()?,
        to_code: row.take()?,
        from_name: row.take()?,
        to_name: row.take()?,
        contact: row.take()?,
        reference: row.take()?,
        effect_at: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        decided_by: row.take()?,
        created_at: row.take()?,
        decided_at: row.take()?,
        ended_at: row.take()?,
        nth: row.take()?,
        told: row.take()?,
        told_after: row.take()?,
        settled_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
