//! Ways to sign in: passkeys, passwords, second factors. A row is changed by compare on its version, and carries a seal
//! that this room neither makes nor judges. It does not know what a body holds.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Of which sort.
    Kind { Passkey = "passkey", Password = "password", Totp = "totp", Codes = "codes" }
}

words! {
    /// Whether it opens anything: a suspended one waits until its owner keeps it by name.
    State { Pending = "pending", Active = "active", Suspended = "suspended", Ended = "ended" }
}

/// An authenticator as it is stored. Times are Unix microseconds.
#[derive(Debug, Clone)]
pub struct Authenticator {
    /// `aut_…`.
    pub id: String,
    /// Whose.
    pub account: String,
    /// Of which sort.
    pub kind: Kind,
    /// What its owner calls it.
    pub name: String,
    /// A passkey's id.
    pub credential_id: Option<Vec<u8>>,
    /// The 32 random bytes that stand for the account inside a passkey.
    pub user_handle: Option<Vec<u8>>,
    /// A passkey as JSON, a PHC string, or a sealed secret.
    pub body: Vec<u8>,
    /// It can't leave its device.
    pub bound: bool,
    /// Its maker vouches for it.
    pub attested: bool,
    /// The last time step of a second factor.
    pub step: i64,
    /// Whether it opens anything.
    pub state: State,
    /// Does heavy deeds from here on.
    pub heavy_from: i64,
    /// Added.
    pub created_at: i64,
    /// Last used, not under the seal.
    pub used_at: Option<i64>,
    /// Ended.
    pub ended_at: Option<i64>,
    /// Raised by each change.
    pub version: i64,
    /// 32 bytes.
    pub seal: Vec<u8>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, kind, name, credential_id, user_handle, body, bound, attested, step, state, heavy_from,
             created_at, used_at, ended_at, version, seal FROM authenticator ",
            $tail
        )
    };
}

/// Adds one; a passkey id that stands already is a `Conflict`. Change the account first.
pub async fn insert(tx: &mut Tx, a: &Authenticator) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO authenticator (id, account, kind, name, credential_id, user_handle, body, bound, attested, step,
               state, heavy_from, created_at, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let args = args![
        &a.id,
        &a.account,
        a.kind,
        &a.name,
        a.credential_id.as_deref(),
        a.user_handle.as_deref(),
        &a.body,
        a.bound,
        a.attested,
        a.step,
        a.state,
        a.heavy_from,
        a.created_at,
        a.version,
        &a.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Adds many, of accounts that have none; those whose passkey stands already are left out.
pub async fn insert_many(tx: &mut Tx, rows: &[Authenticator]) -> Result<Vec<bool>, StoreError> {
    let head =
        "INSERT INTO authenticator (id, account, kind, name, credential_id, user_handle, body, bound, attested, step,
               state, heavy_from, created_at, version, seal) VALUES";
    let mut args = Vec::with_capacity(rows.len() * 15);
    for a in rows {
        args.extend_from_slice(args![
            &a.id,
            &a.account,
            a.kind,
            &a.name,
            a.credential_id.as_deref(),
            a.user_handle.as_deref(),
            &a.body,
            a.bound,
            a.attested,
            a.step,
            a.state,
            a.heavy_from,
            a.created_at,
            a.version,
            &a.seal
        ]);
    }
    let mut all = Vec::with_capacity(rows.len());
    for part in args.chunks(15 * 4_000) {
        all.extend(tx.insert_many(head, "ON CONFLICT (credential_id) DO NOTHING", 15, part).await?);
    }
    Ok(all)
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Authenticator>, StoreError> {
    tx.one(select!("WHERE id = $1"), args![id]).await?.map(authenticator).transpose()
}

/// By a passkey's id.
pub async fn by_credential(tx: &mut Tx, credential_id: &[u8]) -> Result<Option<Authenticator>, StoreError> {
    tx.one(select!("WHERE credential_id = $1"), args![credential_id]).await?.map(authenticator).transpose()
}

/// All of an account that have not ended, the oldest first, at most 50.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Vec<Authenticator>, StoreError> {
    let sql = select!("WHERE account = $1 AND state <> 'ended' ORDER BY id LIMIT 50");
    tx.rows(sql, args![account]).await?.into_iter().map(authenticator).collect()
}

/// Writes what may change of a row whose version is still `before`; false when somebody changed it first.
pub async fn change(tx: &mut Tx, a: &Authenticator, before: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE authenticator SET name = $3, body = $4, step = $5, state = $6, heavy_from = $7, used_at = $8,
               ended_at = $9, version = $10, seal = $11 WHERE id = $1 AND version = $2";
    let args = args![
        &a.id,
        before,
        &a.name,
        &a.body,
        a.step,
        a.state,
        a.heavy_from,
        a.used_at,
        a.ended_at,
        a.version,
        &a.seal
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Notes that it was used; no change that anybody relies on.
pub async fn used(tx: &mut Tx, id: &str, at: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE authenticator SET used_at = $2 WHERE id = $1", args![id, at]).await.map(drop)
}

/// The same for a row that was read before: false when it was changed since, or opens nothing any more.
pub async fn used_as_it_was(tx: &mut Tx, a: &Authenticator, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE authenticator SET used_at = $3 WHERE id = $1 AND version = $2 AND state = 'active'";
    Ok(tx.execute(sql, args![&a.id, a.version, at]).await? == 1)
}

fn authenticator(mut row: Row) -> Result<Authenticator, StoreError> {
    Ok(Authenticator {
        id: row.take()?,
        account: row.take()?,
        kind: row.take()?,
        name: row.take()?,
        credential_id: row.take()?,
        user_handle: row.take()?,
        body: row.take()?,
        bound: row.take()?,
        attested: row.take()?,
        step: row.take()?,
        state: row.take()?,
        heavy_from: row.take()?,
        created_at: row.take()?,
        used_at: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}
