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
    /// Of this row; raised at each change.
    pub row_version: i64,
    /// Over what it gives, made and checked by province. Empty in a row of before there were seals.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, scenario, attributes, from_at, until_at, state, ended_at, version, row_version, seal
             FROM consent ",
            $tail
        )
    };
}

/// Gives a consent; withdraw the one that stands for the scenario before. Raises the account's version.
pub async fn give(tx: &mut Tx, c: &Consent) -> Result<(), StoreError> {
    account::changed(tx, &c.account).await?;
    let sql =
        "INSERT INTO consent (id, account, scenario, attributes, from_at, until_at, state, version, row_version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, 'given', $7, $8, $9)";
    let args =
        args![&c.id, &c.account, &c.scenario, &c.attributes, c.from_at, c.until_at, c.version, c.row_version, &c.seal];
    tx.execute(sql, args).await.map(drop)
}

/// Writes a consent that was withdrawn, one row version on and under its new seal; false when somebody changed it first.
/// Raises the account's version.
pub async fn withdraw(tx: &mut Tx, c: &Consent) -> Result<bool, StoreError> {
    account::changed(tx, &c.account).await?;
    let sql = "UPDATE consent SET state = 'withdrawn', ended_at = $3, row_version = $4, seal = $5
               WHERE id = $1 AND row_version = $2 AND state = 'given'";
    let args = args![&c.id, c.row_version - 1, c.ended_at, c.row_version, &c.seal];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Consent>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// Those of an account that stand, by id; mind their ends.
pub async fn standing_of(tx: &mut Tx, account: &str) -> Result<Vec<Consent>, StoreError> {
    let sql = select!("WHERE account = $1 AND state = 'given' ORDER BY id");
    tx.rows(sql, args![account]).await?.into_iter().map(one).collect()
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
        row_version: row.take()?,
        seal: row.take::<Option<Vec<u8>>>()?.unwrap_or_default(),
    })
}
