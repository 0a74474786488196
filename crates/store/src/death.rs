//! Deaths as they are reported: by one source, by a second one, final, or taken back. A row is changed by compare on its
//! version. It does not know what ends with a person.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// How far it is.
    State { Reported = "reported", Confirmed = "confirmed", Final = "final", Undone = "undone" }
}

/// A death as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Death {
    /// An id in time order.
    pub id: String,
    /// Whose.
    pub account: String,
    /// How far.
    pub state: State,
    /// Which kind of source said so first.
    pub source: String,
    /// What was shown.
    pub evidence: String,
    /// By whom it was written down.
    pub reported_by: String,
    /// When.
    pub reported_at: i64,
    /// The second source, of another kind.
    pub second_source: Option<String>,
    /// What was shown.
    pub second_evidence: Option<String>,
    /// By whom: another person than the first.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<i64>,
    /// Final from here on.
    pub final_from: Option<i64>,
    /// Final, or taken back.
    pub ended_at: Option<i64>,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// Why.
    pub undone_why: Option<String>,
    /// Ids of authenticators that wait since, parted by spaces.
    pub ways: String,
    /// Raised by each change.
    pub version: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, state, source, evidence, reported_by, reported_at, second_source, second_evidence,
             confirmed_by, confirmed_at, final_from, ended_at, undone_by, undone_why, ways, version
             FROM death ",
            $tail
        )
    };
}

/// Reports one; change the account first. A second one that stands of the same account is a `Conflict`.
pub async fn insert(tx: &mut Tx, d: &Death) -> Result<(), StoreError> {
    let sql = "INSERT INTO death (id, account, state, source, evidence, reported_by, reported_at, ways, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args =
        args![&d.id, &d.account, d.state, &d.source, &d.evidence, &d.reported_by, d.reported_at, &d.ways, d.version];
    tx.execute(sql, args).await.map(drop)
}

/// Writes what may change, one version on; false when somebody changed it first.
pub async fn change(tx: &mut Tx, d: &Death) -> Result<bool, StoreError> {
    let sql =
        "UPDATE death SET state = $3, second_source = $4, second_evidence = $5, confirmed_by = $6, confirmed_at = $7,
               final_from = $8, ended_at = $9, undone_by = $10, undone_why = $11, version = version + 1
               WHERE id = $1 AND version = $2";
    let args = args![
        &d.id,
        d.version,
        d.state,
        d.second_source.as_deref(),
        d.second_evidence.as_deref(),
        d.confirmed_by.as_deref(),
        d.confirmed_at,
        d.final_from,
        d.ended_at,
        d.undone_by.as_deref(),
        d.undone_why.as_deref()
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// What stands of an account: reported or confirmed.
pub async fn standing(tx: &mut Tx, account: &str) -> Result<Option<Death>, StoreError> {
    let sql = select!("WHERE account = $1 AND state IN ('reported', 'confirmed')");
    tx.one(sql, args![account]).await?.map(death).transpose()
}

/// All that stand, the oldest first, at most 200.
pub async fn all_standing(tx: &mut Tx) -> Result<Vec<Death>, StoreError> {
    let sql = select!("WHERE state IN ('reported', 'confirmed') ORDER BY id LIMIT 200");
    tx.rows(sql, args![]).await?.into_iter().map(death).collect()
}

/// Confirmed ones whose time has come, so many at once.
pub async fn due(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<Death>, StoreError> {
    let sql = select!("WHERE state = 'confirmed' AND final_from <= $1 ORDER BY final_from LIMIT $2");
    tx.rows(sql, args![at, limit]).await?.into_iter().map(death).collect()
}

fn death(mut row: Row) -> Result<Death, StoreError> {
    Ok(Death {
        id: row.take()?,
        account: row.take()?,
        state: row.take()?,
        source: row.take()?,
        evidence: row.take()?,
        reported_by: row.take()?,
        reported_at: row.take()?,
        second_source: row.take()?,
        second_evidence: row.take()?,
        confirmed_by: row.take()?,
        confirmed_at: row.take()?,
        final_from: row.take()?,
        ended_at: row.take()?,
        undone_by: row.take()?,
        undone_why: row.take()?,
        ways: row.take()?,
        version: row.take()?,
    })
}
