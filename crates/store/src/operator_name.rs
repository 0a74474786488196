//! Which resident an operator is: proposed by one operator, agreed to by another, confirmed by the resident.
//! It does not know how the resident was found, nor what follows.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far it is.
    State { Proposed = "proposed", Agreed = "agreed", Refused = "refused", Confirmed = "confirmed" }
}

/// A proposal. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct OperatorName {
    /// `onm_…`
    pub id: String,
    /// Whose own account it is.
    pub operator: String,
    /// The account.
    pub account: String,
    /// How far.
    pub state: State,
    /// Operator id.
    pub proposed_by: String,
    /// When.
    pub proposed_at: i64,
    /// Another operator's id, who is not the one that is named.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// When the resident said so too.
    pub confirmed_at: Option<i64>,
    /// Raised at each step.
    pub version: i64,
    /// Over all of it.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, operator, account, state, proposed_by, proposed_at, decided_by, decided_at, confirmed_at,
             version, seal FROM operator_name ",
            $tail
        )
    };
}

/// Proposes one.
pub async fn propose(tx: &mut Tx, n: &OperatorName) -> Result<(), StoreError> {
    let sql = "INSERT INTO operator_name (id, operator, account, state, proposed_by, proposed_at, version, seal)
               VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7)";
    let seal = n.seal.as_slice();
    let args = args![&n.id, &n.operator, &n.account, &n.proposed_by, n.proposed_at, n.version, seal];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<OperatorName>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The newest, at most 100.
pub async fn newest(tx: &mut Tx) -> Result<Vec<OperatorName>, StoreError> {
    tx.rows(select!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(one).collect()
}

/// Those that were agreed to after a moment and wait for this resident's own word.
pub async fn agreed_for(tx: &mut Tx, account: &str, since_at: i64) -> Result<Vec<OperatorName>, StoreError> {
    let sql = select!("WHERE account = $1 AND state = 'agreed' AND decided_at > $2 ORDER BY id DESC LIMIT 20");
    tx.rows(sql, args![account, since_at]).await?.into_iter().map(one).collect()
}

/// Writes what was decided about one that waits and was proposed after a moment, by somebody else, over the version before;
/// true for whoever is first.
pub async fn decide(tx: &mut Tx, n: &OperatorName, before: i64, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE operator_name SET state = $2, decided_by = $3, decided_at = $4, version = $5, seal = $6
               WHERE id = $1 AND version = $7 AND state = 'proposed' AND proposed_by <> $3 AND operator <> $3
               AND proposed_at > $8";
    let seal = n.seal.as_slice();
    let args = args![&n.id, n.state, n.decided_by.as_deref(), n.decided_at, n.version, seal, before, since_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Notes the resident's own word on one that was agreed to after a moment, over the version before; true for whoever is first.
pub async fn confirm(tx: &mut Tx, n: &OperatorName, before: i64, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE operator_name SET state = 'confirmed', confirmed_at = $3, version = $4, seal = $5
               WHERE id = $1 AND account = $2 AND version = $6 AND state = 'agreed' AND decided_at > $7";
    let args = args![&n.id, &n.account, n.confirmed_at, n.version, n.seal.as_slice(), before, since_at];
    Ok(tx.execute(sql, args).await? == 1)
}

fn one(mut row: Row) -> Result<OperatorName, StoreError> {
    Ok(OperatorName {
        id: row.take()?,
        operator: row.take()?,
        account: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        confirmed_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
