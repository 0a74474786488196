//! What the policy asks about whoever is on duty: their offices, the lease of their post, the files that they looked at, and
//! whether an edge joins them with somebody. It does not know what follows from any of it.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Offices in which an account has a post, at most `limit`, by id.
pub async fn offices(tx: &mut Tx, account: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT organisation FROM post WHERE account = $1 AND state = 'active'
               ORDER BY organisation LIMIT $2";
    tx.rows(sql, args![account, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// When the last lease among the posts of an account ends or ended by silence, microseconds; None for whoever has no post,
/// or left theirs.
pub async fn lease_until(tx: &mut Tx, account: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT lease_until FROM post WHERE account = $1 AND (state = 'active' OR reason = 'silence')
               ORDER BY lease_until DESC LIMIT 1";
    tx.one(sql, args![account]).await?.map(|mut row| row.take()).transpose()
}

/// Word for word the condition of the index that serves it.
pub(crate) const READS: &str = "SELECT count(*) FROM (SELECT 1 FROM use WHERE actor = $1 AND at >= $2
    AND (deed = 'see_residents' OR deed = 'see_mandates' OR deed = 'see_requests') LIMIT $3) u";

/// Looks at files by an actor from a moment on (microseconds); counts to `limit` at most.
pub async fn reads_since(tx: &mut Tx, actor: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let row = tx.one(READS, args![actor, since_at, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// True when something joins two accounts at a moment, in either direction: an edge that did not end, or that one is deputy in a
/// post of the other. A suspended edge and one that waits join too: whose child somebody is does not rest.
pub async fn joined(tx: &mut Tx, one: &str, other: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM edge WHERE state <> 'ended' AND until_at > $3 AND principal = $1 AND actor = $2
               UNION ALL SELECT id FROM edge WHERE state <> 'ended' AND until_at > $3 AND principal = $2 AND actor = $1
               UNION ALL SELECT d.id FROM post d JOIN post o ON o.id = d.parent
               WHERE d.state <> 'ended' AND d.lease_until > $3 AND d.account = $1 AND o.account = $2
               UNION ALL SELECT d.id FROM post d JOIN post o ON o.id = d.parent
               WHERE d.state <> 'ended' AND d.lease_until > $3 AND d.account = $2 AND o.account = $1 LIMIT 1";
    Ok(tx.one(sql, args![one, other, at]).await?.is_some())
}
