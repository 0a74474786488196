//! Cards of offices, tied to residents within a scenario.
//! It does not know a card's number: it keeps it sealed, finds it by a keyed hash, and forgets both when the tie ends.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account};

words! {
    /// Whether the tie stands.
    State { Live = "live", Ended = "ended" }
}

words! {
    /// Who ended it.
    EndedBy { Resident = "resident", Office = "office", Province = "province" }
}

/// A tie.
#[derive(Debug, Clone)]
pub struct Binding {
    /// `bnd_…`.
    pub id: String,
    /// Whose.
    pub account: String,
    /// Scenario slug.
    pub scenario: String,
    /// The card's number, sealed; None once ended.
    pub sealed_card: Option<Vec<u8>>,
    /// Keyed hash of the number; None once ended.
    pub blind_card: Option<Vec<u8>>,
    /// Live or ended.
    pub state: State,
    /// Microseconds.
    pub bound_at: i64,
    /// Microseconds, when ended.
    pub ended_at: Option<i64>,
    /// Who ended it.
    pub ended_by: Option<EndedBy>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, scenario, sealed_card, blind_card, state, bound_at, ended_at, ended_by FROM binding ",
            $tail
        )
    };
}

/// Ties a card; false when the account has a card there already, or the card another holder.
/// Call `account::changed` first.
pub async fn bind(tx: &mut Tx, b: &Binding) -> Result<bool, StoreError> {
    let sql = "INSERT INTO binding (id, account, scenario, sealed_card, blind_card, state, bound_at)
               VALUES ($1, $2, $3, $4, $5, 'live', $6) ON CONFLICT DO NOTHING";
    let args = args![&b.id, &b.account, &b.scenario, b.sealed_card.as_deref(), b.blind_card.as_deref(), b.bound_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The live one of an account. Call `account::rely_on` or `account::changed` first.
pub async fn standing(tx: &mut Tx, account: &str, scenario: &str) -> Result<Option<Binding>, StoreError> {
    let sql = select!("WHERE account = $1 AND scenario = $2 AND state = 'live'");
    tx.one(sql, args![account, scenario]).await?.map(one).transpose()
}

/// The live one of a card.
pub async fn by_card(tx: &mut Tx, scenario: &str, blind_card: &[u8]) -> Result<Option<Binding>, StoreError> {
    let sql = select!("WHERE scenario = $1 AND blind_card = $2 AND state = 'live'");
    tx.one(sql, args![scenario, blind_card]).await?.map(one).transpose()
}

/// Ends one of an account by its id; false when it has no such one that lives.
pub async fn end(tx: &mut Tx, account: &str, id: &str, at: i64, by: EndedBy) -> Result<bool, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE binding SET state = 'ended', ended_at = $3, ended_by = $4, sealed_card = NULL, blind_card = NULL
               WHERE id = $1 AND account = $2 AND state = 'live'";
    Ok(tx.execute(sql, args![id, account, at, by]).await? == 1)
}

/// Ends the one between an account and a scenario, if there is one.
pub async fn end_at(tx: &mut Tx, account: &str, scenario: &str, at: i64, by: EndedBy) -> Result<bool, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE binding SET state = 'ended', ended_at = $3, ended_by = $4, sealed_card = NULL, blind_card = NULL
               WHERE account = $1 AND scenario = $2 AND state = 'live'";
    Ok(tx.execute(sql, args![account, scenario, at, by]).await? == 1)
}

/// Ends all of an account, who has died.
pub async fn end_all(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE binding SET state = 'ended', ended_at = $2, ended_by = $3, sealed_card = NULL, blind_card = NULL
               WHERE account = $1 AND state = 'live'";
    tx.execute(sql, args![account, at, EndedBy::Province]).await
}

/// All of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Binding>, StoreError> {
    let sql = select!("WHERE account = $1 ORDER BY id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

/// Live ones in order of id, after the last one seen.
pub async fn live_page(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Binding>, StoreError> {
    let sql = select!("WHERE id > $1 AND state = 'live' ORDER BY id LIMIT $2");
    tx.rows(sql, args![after, limit]).await?.into_iter().map(one).collect()
}

/// Puts a number that is sealed anew in the place of the old sealing, unless the tie has ended meanwhile.
pub async fn seal_anew(tx: &mut Tx, id: &str, before: &[u8], after: &[u8]) -> Result<bool, StoreError> {
    let sql = "UPDATE binding SET sealed_card = $3 WHERE id = $1 AND sealed_card = $2";
    Ok(tx.execute(sql, args![id, before, after]).await? == 1)
}

fn one(mut row: Row) -> Result<Binding, StoreError> {
    Ok(Binding {
        id: row.take()?,
        account: row.take()?,
        scenario: row.take()?,
        sealed_card: row.take()?,
        blind_card: row.take()?,
        state: row.take()?,
        bound_at: row.take()?,
        ended_at: row.take()?,
        ended_by: row.take()?,
    })
}
