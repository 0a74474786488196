//! What residents agreed that a scenario may learn, and until when.
//! It does not know what an attribute is: names are JSON text here.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account};

words! {
    /// Whether a consent stands; mind its end as well.
    State { Given = "given", Withdrawn = "withdrawn" }
}

/// A consent.
#[derive(Debug, Clone)]
pub struct Consent {
    /// `cns_…`.
    pub id: String,
    /// Whose.
    pub account: String,
    /// Scenario slug.
    pub scenario: String,
    /// JSON list of attribute names.
    pub attributes: String,
    /// Microseconds.
    pub from_at: i64,
    /// Microseconds.
    pub until_at: i64,
    /// Given or withdrawn.
    pub state: State,
    /// Microseconds, when withdrawn.
    pub ended_at: Option<i64>,
    /// Version of the manifest that was shown.
    pub version: u32,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, scenario, attributes, from_at, until_at, state, ended_at, version FROM consent ",
            $tail
        )
    };
}

/// Gives a consent; an earlier one for the same scenario ends.
pub async fn give(tx: &mut Tx, c: &Consent) -> Result<(), StoreError> {
    account::changed(tx, &c.account).await?;
    let end = "UPDATE consent SET state = 'withdrawn', ended_at = $3
               WHERE account = $1 AND scenario = $2 AND state = 'given'";
    tx.execute(end, args![&c.account, &c.scenario, c.from_at]).await?;
    let sql = "INSERT INTO consent (id, account, scenario, attributes, from_at, until_at, state, version)
               VALUES ($1, $2, $3, $4, $5, $6, 'given', $7)";
    let args = args![&c.id, &c.account, &c.scenario, &c.attributes, c.from_at, c.until_at, c.version];
    tx.execute(sql, args).await.map(drop)
}

/// Withdraws a consent and says for which scenario it was; None when the account has no such one standing.
pub async fn withdraw(tx: &mut Tx, account: &str, id: &str, at: i64) -> Result<Option<String>, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE consent SET state = 'withdrawn', ended_at = $3
               WHERE id = $1 AND account = $2 AND state = 'given' RETURNING scenario";
    tx.one(sql, args![id, account, at]).await?.map(|mut row| row.take()).transpose()
}

/// Withdraws all that stand, of an account that ends; how many.
pub async fn withdraw_all(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    account::changed(tx, account).await?;
    let sql = "UPDATE consent SET state = 'withdrawn', ended_at = $2 WHERE account = $1 AND state = 'given'";
    tx.execute(sql, args![account, at]).await
}

/// The one that stands between an account and a scenario. Call `account::rely_on` first.
pub async fn standing(tx: &mut Tx, account: &str, scenario: &str) -> Result<Option<Consent>, StoreError> {
    let sql = select!("WHERE account = $1 AND scenario = $2 AND state = 'given'");
    tx.one(sql, args![account, scenario]).await?.map(one).transpose()
}

/// All of an account, the newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Consent>, StoreError> {
    let sql = select!("WHERE account = $1 ORDER BY id DESC LIMIT 200");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
}

fn one(mut row: Row) -> Result<Consent, StoreError> {
    Ok(Consent {
        id: row.take()?,
        account: row.take()?,
        scenario: row.take()?,
        attributes: row.take()?,
        from_at: row.take()?,
        until_at: row.take()?,
        state: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
    })
}
