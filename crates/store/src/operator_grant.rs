//! Posts of the three that one operator proposed for a natural person, and another one decides.
//! It does not know secrets: the second factor is sealed bytes here.

use crate::db::value::{Row, args};
use crate::operator::Role;
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far it is.
    State { Proposed = "proposed", Confirmed = "confirmed", Refused = "refused" }
}

/// A proposal. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct OperatorGrant {
    /// `opr_…`, the operator's to be.
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Who it is, the same over all posts: a staff number or the like.
    pub person: String,
    /// The post.
    pub role: Role,
    /// Sealed secret of the second factor.
    pub totp_sealed: Vec<u8>,
    /// Account of the resident who it is, when the proposal names one.
    pub account: Option<String>,
    /// How far it is.
    pub state: State,
    /// Operator id.
    pub proposed_by: String,
    /// When.
    pub proposed_at: i64,
    /// Another operator's id.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<i64>,
    /// Raised at each step.
    pub version: i64,
    /// Over all of it.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, name, person, role, totp_sealed, account, state, proposed_by, proposed_at, decided_by, decided_at,
             version, seal FROM operator_grant ",
            $tail
        )
    };
}

/// Proposes one.
pub async fn propose(tx: &mut Tx, g: &OperatorGrant) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO operator_grant (id, name, person, role, totp_sealed, state, proposed_by, proposed_at, account,
               version, seal) VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7, $8, $9, $10)";
    let (account, seal) = (g.account.as_deref(), g.seal.as_slice());
    let args = args![
        &g.id,
        &g.name,
        &g.person,
        g.role,
        &g.totp_sealed,
        &g.proposed_by,
        g.proposed_at,
        account,
        g.version,
        seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<OperatorGrant>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(one).transpose()
}

/// The newest, at most 100.
pub async fn newest(tx: &mut Tx) -> Result<Vec<OperatorGrant>, StoreError> {
    tx.rows(select!("ORDER BY id DESC LIMIT 100"), args![]).await?.into_iter().map(one).collect()
}

/// Writes what was decided about one that waits and was proposed after a moment, by somebody else, over the version before;
/// true for whoever is first.
pub async fn decide(tx: &mut Tx, g: &OperatorGrant, before: i64, since_at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE operator_grant SET state = $2, decided_by = $3, decided_at = $4, version = $5, seal = $6
               WHERE id = $1 AND version = $7 AND state = 'proposed' AND proposed_by <> $3 AND proposed_at > $8";
    let seal = g.seal.as_slice();
    let args = args![&g.id, g.state, g.decided_by.as_deref(), g.decided_at, g.version, seal, before, since_at];
    Ok(tx.execute(sql, args).await? == 1)
}

fn one(mut row: Row) -> Result<OperatorGrant, StoreError> {
    Ok(OperatorGrant {
        id: row.take()?,
        name: row.take()?,
        person: row.take()?,
        role: row.take()?,
        totp_sealed: row.take()?,
        account: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        proposed_at: row.take()?,
        decided_by: row.take()?,
        decided_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
