//! The append-only table of uses: every deed leaves one, refusals included, with its ledger entry.
//! It does not know what an entry means, and no use is ever edited.

use crate::db::value::{Row, args};
use crate::{StoreError, Tx};

/// One use.
#[derive(Debug, Clone, Default)]
pub struct Use {
    /// `use_…`, in time order; the receipt.
    pub id: String,
    /// Microseconds: when it happened (at a gate, maybe before it was stored).
    pub at: i64,
    /// The deed's name.
    pub deed: String,
    /// Whom it concerns, if anybody is known.
    pub account: Option<String>,
    /// device, gate, operator, system, nobody.
    pub actor_kind: String,
    /// Id of the actor.
    pub actor: String,
    /// Scenario slug.
    pub scenario: Option<String>,
    /// Site number.
    pub site: Option<u32>,
    /// Gate id.
    pub gate: Option<String>,
    /// T1, T1c, T0, T2, short.
    pub form: Option<String>,
    /// done, refused, could_not; or a verdict.
    pub outcome: String,
    /// Why not.
    pub reason: Option<String>,
    /// What for, as the manifest says.
    pub purpose: Option<String>,
    /// Seen by the server as it happened.
    pub online: bool,
    /// JSON, without anything that names a person.
    pub detail: Option<String>,
}

/// Which uses an auditor looks at; None is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only this kind of actor.
    pub actor_kind: Option<&'a str>,
    /// Only of this deed.
    pub deed: Option<&'a str>,
    /// Only with this outcome.
    pub outcome: Option<&'a str>,
    /// Only of this scenario.
    pub scenario: Option<&'a str>,
    /// Only by this gate.
    pub gate: Option<&'a str>,
    /// Only by this actor: an app.
    pub actor: Option<&'a str>,
}

macro_rules! insert {
    () => {
        "INSERT INTO use (id, at, deed, account, actor_kind, actor, scenario, site, gate, form, outcome, reason,
         purpose, online, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    };
}

pub(crate) const USE: &str = insert!();
pub(crate) const ENTRY: &str = "INSERT INTO outbox (use_id, entry) VALUES ($1, $2)";

/// Appends a use and puts its entry on the way to the ledger.
pub async fn append(tx: &mut Tx, u: &Use, entry: &[u8]) -> Result<(), StoreError> {
    let args = args![
        &u.id,
        u.at,
        &u.deed,
        u.account.as_deref(),
        &u.actor_kind,
        &u.actor,
        u.scenario.as_deref(),
        u.site,
        u.gate.as_deref(),
        u.form.as_deref(),
        &u.outcome,
        u.reason.as_deref(),
        u.purpose.as_deref(),
        u.online,
        u.detail.as_deref(),
        entry
    ];
    if tx.joins_inserts() {
        let both = concat!("WITH said AS (", insert!(), ") INSERT INTO outbox (use_id, entry) VALUES ($1, $16)");
        return tx.execute(both, args).await.map(drop);
    }
    tx.execute(USE, args).await?;
    tx.execute(ENTRY, args![&u.id, entry]).await.map(drop)
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, at, deed, account, actor_kind, actor, scenario, site, gate, form, outcome, reason, purpose,
             online, detail FROM use ",
            $tail
        )
    };
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Use>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The record of an account as its person sees it at `now_at`, the newest first, before (at, id) of the last one seen.
/// What an order delays is not there before its time, and a page without it is as long as any.
pub async fn of_account(
    tx: &mut Tx,
    account: &str,
    before: Option<(i64, &str)>,
    limit: u32,
    now_at: i64,
) -> Result<Vec<Use>, StoreError> {
    let (at, id) = before.unwrap_or((i64::MAX, ""));
    let sql = select!(
        "WHERE account = $1 AND (at, id) < ($2, $3) AND id NOT IN
         (SELECT use_id FROM delayed_use WHERE account = $1 AND until_at > $5) ORDER BY at DESC, id DESC LIMIT $4"
    );
    tx.rows(sql, args![account, at, id, limit, now_at]).await?.into_iter().map(one).collect()
}

/// The record of an account between two moments (microseconds, the second one not included), the newest first, before
/// (at, id) of the last one seen.
pub async fn of_account_between(
    tx: &mut Tx,
    account: &str,
    (from_at, to_at): (i64, i64),
    before: Option<(i64, &str)>,
    limit: u32,
) -> Result<Vec<Use>, StoreError> {
    let (at, id) = before.unwrap_or((to_at, ""));
    let sql = select!(
        "WHERE account = $1 AND (at, id) < ($2, $3) AND at >= $4 AND at < $5 ORDER BY at DESC, id DESC LIMIT $6"
    );
    tx.rows(sql, args![account, at, id, from_at, to_at, limit]).await?.into_iter().map(one).collect()
}

/// Where a page of uses begins and ends; ids are in time order, so a time is a place among them.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// Only ids from this one on; "" for all.
    pub from: &'a str,
    /// Only ids before this one: the last one seen, or the end of a range.
    pub before: &'a str,
    /// Rows at most.
    pub limit: u32,
    /// Uses that are looked at at most, however few of them fit the filter.
    pub scan: u32,
}

/// A page of uses, and where to go on when there may be more.
#[derive(Debug, Clone)]
pub struct UsePage {
    /// The newest first.
    pub items: Vec<Use>,
    /// Pass as `before`.
    pub next: Option<String>,
}

/// For audit: the newest first. A filter that fits hardly any use gets a shorter page with a `next`, never a long wait.
pub async fn page(tx: &mut Tx, s: Stretch<'_>, f: Filter<'_>) -> Result<UsePage, StoreError> {
    let sql = "SELECT id, at, deed, account, actor_kind, actor, scenario, site, gate, form, outcome, reason, purpose,
               online, detail FROM (SELECT * FROM use WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3) u
               WHERE ($4 IS NULL OR deed = $4) AND ($5 IS NULL OR outcome = $5) AND ($6 IS NULL OR scenario = $6)
               AND ($7 IS NULL OR gate = $7) AND ($8 IS NULL OR actor_kind = $8) AND ($9 IS NULL OR actor = $9)
               ORDER BY id DESC LIMIT $10";
    let args = args![s.from, s.before, s.scan, f.deed, f.outcome, f.scenario, f.gate, f.actor_kind, f.actor, s.limit];
    let items = tx.rows(sql, args).await?.into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let next = if items.len() == s.limit as usize {
        items.last().map(|row| row.id.clone())
    } else {
        let sql = "SELECT id FROM use WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT 1 OFFSET $3";
        let row = tx.one(sql, args![s.from, s.before, s.scan.saturating_sub(1)]).await?;
        row.map(|mut row| row.take()).transpose()?
    };
    Ok(UsePage { items, next })
}

/// How many uses of a deed an account has since a moment; counts to `limit` at most.
pub async fn count_since(tx: &mut Tx, account: &str, deed: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM
               (SELECT 1 FROM use WHERE account = $1 AND at >= $2 AND deed = $3 LIMIT $4) u";
    let row = tx.one(sql, args![account, since_at, deed, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// An entry on its way to the ledger.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its place in the outbox.
    pub seq: i64,
    /// The use it speaks of.
    pub use_id: String,
    /// The bytes that become a leaf.
    pub entry: Vec<u8>,
}

/// Entries that wait for their leaf, the oldest first.
pub async fn waiting(tx: &mut Tx, limit: u32) -> Result<Vec<Waiting>, StoreError> {
    let sql = "SELECT seq, use_id, entry FROM outbox ORDER BY seq LIMIT $1";
    let rows = tx.rows(sql, args![limit]).await?;
    rows.into_iter().map(|mut row| Ok(Waiting { seq: row.take()?, use_id: row.take()?, entry: row.take()? })).collect()
}

fn one(mut row: Row) -> Result<Use, StoreError> {
    Ok(Use {
        id: row.take()?,
        at: row.take()?,
        deed: row.take()?,
        account: row.take()?,
        actor_kind: row.take()?,
        actor: row.take()?,
        scenario: row.take()?,
        site: row.take()?,
        gate: row.take()?,
        form: row.take()?,
        outcome: row.take()?,
        reason: row.take()?,
        purpose: row.take()?,
        online: row.take()?,
        detail: row.take()?,
    })
}
