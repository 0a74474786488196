//! Paper codes: which index of which list is whose, and whether it still counts.
//! It does not know names or faces: those are on the paper alone.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account, tally};

words! {
    /// Whether a paper code still counts; its month of expiry is in the code itself.
    State { Active = "active", Revoked = "revoked" }
}

words! {
    /// What it is printed on.
    Kind { Card = "card", Sheet = "sheet" }
}

/// A paper code.
#[derive(Debug, Clone)]
pub struct Card {
    /// `crd_…`.
    pub id: String,
    /// The holder.
    pub account: String,
    /// Status list.
    pub list: u16,
    /// Random index in the list (24 bits).
    pub idx: u32,
    /// A card, or one of a sheet.
    pub kind: Kind,
    /// What the codes of one sheet share, for operators only.
    pub sheet: Option<String>,
    /// Active or revoked.
    pub state: State,
    /// Months since 2020-01.
    pub expiry_month: u16,
    /// The flags in the code.
    pub flags: u16,
    /// The key that signed it.
    pub kid: Vec<u8>,
    /// Microseconds.
    pub issued_at: i64,
    /// Microseconds; with `reason` when revoked.
    pub ended_at: Option<i64>,
    /// Why it ended.
    pub reason: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT c.id, c.account, c.list, c.idx, c.kind, c.sheet, c.state, c.expiry_month, c.flags, c.kid,
             c.issued_at, c.ended_at, c.reason FROM card c ",
            $tail
        )
    };
}

/// Issues a paper code; false when (list, idx) is taken: draw another index.
pub async fn insert(tx: &mut Tx, c: &Card) -> Result<bool, StoreError> {
    account::changed(tx, &c.account).await?;
    let sql = "INSERT INTO card (id, account, list, idx, kind, sheet, state, expiry_month, flags, kid, issued_at)
               VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, $10) ON CONFLICT (list, idx) DO NOTHING";
    let args = args![
        &c.id,
        &c.account,
        c.list,
        c.idx,
        c.kind,
        c.sheet.as_deref(),
        c.expiry_month,
        c.flags,
        &c.kid,
        c.issued_at
    ];
    let new = tx.execute(sql, args).await? == 1;
    tally::add(tx, "cards", i64::from(new)).await?;
    Ok(new)
}

/// The highest list that holds a code; 0 before the first one.
pub async fn newest_list(tx: &mut Tx) -> Result<u16, StoreError> {
    let row = tx.one("SELECT coalesce(max(list), 0) FROM card", args![]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Card>, StoreError> {
    tx.one(select!("WHERE c.id = $1"), args![id]).await?.map(card).transpose()
}

/// The card behind (list, idx) and its holder, for a check; both stay as read until this deed is durable.
pub async fn rely_on(tx: &mut Tx, list: u16, idx: u32) -> Result<Option<(Card, account::Account)>, StoreError> {
    let lock =
        "SELECT a.id FROM account a WHERE a.id = (SELECT account FROM card WHERE list = $1 AND idx = $2) FOR SHARE";
    tx.share(lock, args![list, idx]).await?;
    let found = tx.one(select!("WHERE c.list = $1 AND c.idx = $2"), args![list, idx]).await?;
    let Some(card) = found.map(card).transpose()? else { return Ok(None) };
    let holder = account::find(tx, &card.account).await?;
    Ok(Some((card, holder.ok_or(StoreError::Inconsistent("card.account"))?)))
}

/// How many paper codes each key signed that still count and are not over before a month. It reads all of them.
pub async fn under_each_key(tx: &mut Tx, from_month: u16) -> Result<Vec<(Vec<u8>, u64)>, StoreError> {
    let sql = "SELECT kid, count(*) FROM card WHERE state = 'active' AND expiry_month >= $1 GROUP BY kid";
    let rows = tx.rows(sql, args![from_month]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take::<i64>()?.cast_unsigned()))).collect()
}

/// All of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Card>, StoreError> {
    let sql = select!("WHERE c.account = $1 ORDER BY c.id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(card).collect()
}

/// Revokes a card, and with it all codes of its sheet; how many codes that were.
pub async fn revoke(tx: &mut Tx, c: &Card, reason: &str, at: i64) -> Result<u64, StoreError> {
    account::changed(tx, &c.account).await?;
    let sql = "UPDATE card SET state = 'revoked', ended_at = $4, reason = $3
               WHERE account = $1 AND state = 'active' AND (id = $2 OR sheet = $5)";
    let many = tx.execute(sql, args![&c.account, &c.id, reason, at, c.sheet.as_deref()]).await?;
    tally::add(tx, "cards", -many.cast_signed()).await?;
    Ok(many)
}

/// Revokes all of an account (death, loss); how many.
pub async fn revoke_all(tx: &mut Tx, account: &str, reason: &str, at: i64) -> Result<u64, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE card SET state = 'revoked', ended_at = $3, reason = $2 WHERE account = $1 AND state = 'active'";
    let many = tx.execute(sql, args![account, reason, at]).await?;
    tally::add(tx, "cards", -many.cast_signed()).await?;
    Ok(many)
}

pub(crate) const REVOKED: &str = "SELECT idx FROM card WHERE list = $1 AND state = 'revoked' AND expiry_month >= $2";

/// From the few who are stopped to their cards: SQLite keeps the order of a CROSS JOIN, and takes no index on a `+column`.
pub(crate) const OF_STOPPED_HOLDERS: &str = "SELECT c.idx FROM account a CROSS JOIN card c
    WHERE a.state <> 'active' AND c.account = a.id AND +c.list = $1 AND c.state = 'active'";

/// The revoked indices of a list whose codes have not expired, in no order, for the status set.
pub async fn revoked(tx: &mut Tx, list: u16, not_before_month: u16) -> Result<Vec<u32>, StoreError> {
    let rows = tx.rows(REVOKED, args![list, not_before_month]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Indices of a list whose holder is suspended or dead, in no order: they are refused like revoked ones.
pub async fn of_stopped_holders(tx: &mut Tx, list: u16) -> Result<Vec<u32>, StoreError> {
    tx.rows(OF_STOPPED_HOLDERS, args![list]).await?.into_iter().map(|mut row| row.take()).collect()
}

fn card(mut row: Row) -> Result<Card, StoreError> {
    Ok(Card {
        id: row.take()?,
        account: row.take()?,
        list: row.take()?,
        idx: row.take()?,
        kind: row.take()?,
        sheet: row.take()?,
        state: row.take()?,
        expiry_month: row.take()?,
        flags: row.take()?,
        kid: row.take()?,
        issued_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
    })
}
