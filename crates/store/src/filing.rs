//! What was filed for enterprises: lodged under a mandate, perhaps withdrawn. It does not know what a filing says, nor
//! what a mandate allows.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Where a filing stands.
    State { Lodged = "lodged", Withdrawn = "withdrawn" }
}

/// A filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// `fil_…`
    pub id: String,
    /// `org_…`
    pub enterprise: String,
    /// The mandate under which it was lodged.
    pub edge: String,
    /// Who lodged it.
    pub account: String,
    /// A word of the closed list.
    pub service: String,
    /// In fen.
    pub amount: i64,
    /// SHA-256 of the text.
    pub digest: Vec<u8>,
    /// The text.
    pub sealed_text: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// Microseconds.
    pub lodged_at: i64,
    /// Microseconds.
    pub withdrawn_at: Option<i64>,
    /// Who withdrew it.
    pub withdrawn_by: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, enterprise, edge, account, service, amount, digest, sealed_text, state, lodged_at,
             withdrawn_at, withdrawn_by FROM filing ",
            $tail
        )
    };
}

/// Lodges one. Rely on the account and the mandate first: an end of either that was acknowledged before is seen then.
pub async fn lodge(tx: &mut Tx, f: &Filing) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO filing (id, enterprise, edge, account, service, amount, digest, sealed_text, state, lodged_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'lodged', $9)";
    let args =
        args![&f.id, &f.enterprise, &f.edge, &f.account, &f.service, f.amount, &f.digest, &f.sealed_text, f.lodged_at];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Filing>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// Those of an enterprise, the newest first.
pub async fn of_enterprise(tx: &mut Tx, enterprise: &str, limit: u32) -> Result<Vec<Filing>, StoreError> {
    let sql = select!("WHERE enterprise = $1 ORDER BY id DESC LIMIT $2");
    tx.rows(sql, args![enterprise, limit]).await?.into_iter().map(one).collect()
}

/// Those that one person lodged for an enterprise, the newest first.
pub async fn by_person(tx: &mut Tx, enterprise: &str, account: &str, limit: u32) -> Result<Vec<Filing>, StoreError> {
    let sql = select!("WHERE enterprise = $1 AND account = $2 ORDER BY id DESC LIMIT $3");
    tx.rows(sql, args![enterprise, account, limit]).await?.into_iter().map(one).collect()
}

/// Takes one back; false when it was.
pub async fn withdraw(tx: &mut Tx, id: &str, by: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE filing SET state = 'withdrawn', withdrawn_at = $3, withdrawn_by = $2
               WHERE id = $1 AND state = 'lodged'";
    Ok(tx.execute(sql, args![id, by, at]).await? == 1)
}

fn one(mut row: Row) -> Result<Filing, StoreError> {
    Ok(Filing {
        id: row.take()?,
        enterprise: row.take()?,
        edge: row.take()?,
        account: row.take()?,
        service: row.take()?,
        amount: row.take()?,
        digest: row.take()?,
        sealed_text: row.take()?,
        state: row.take()?,
        lodged_at: row.take()?,
        withdrawn_at: row.take()?,
        withdrawn_by: row.take()?,
    })
}
