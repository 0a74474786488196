//! The two ways to a device: a code from a counter, and a one-time password.
//! It does not know the codes, only hashes of them, and compares nothing secret itself.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// An enrolment code just issued.
#[derive(Debug, Clone)]
pub struct Code {
    /// Hash of the code; the code itself was shown once.
    pub code_hash: Vec<u8>,
    /// Whose device it will enrol.
    pub account: String,
    /// The operator, or the sheet it was printed on.
    pub issued_by: String,
    /// Microseconds.
    pub issued_at: i64,
    /// Microseconds.
    pub expires_at: i64,
}

/// A one-time password under way.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// `enr_…`.
    pub id: String,
    /// None for a name and number that nobody has: looks the same to the stranger.
    pub account: Option<String>,
    /// Keyed hash of the password.
    pub code_hash: Vec<u8>,
    /// Tries left.
    pub tries_left: u8,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub expires_at: i64,
}

/// Issues a code.
pub async fn issue_code(tx: &mut Tx, code: &Code) -> Result<(), StoreError> {
    let sql = "INSERT INTO enrolment_code (code_hash, account, issued_by, issued_at, expires_at)
               VALUES ($1, $2, $3, $4, $5)";
    let args = args![&code.code_hash, &code.account, &code.issued_by, code.issued_at, code.expires_at];
    tx.execute(sql, args).await.map(drop)
}

/// Whose a code is, used or not: what never changes, read without a lock.
pub async fn account_of_code(tx: &mut Tx, code_hash: &[u8]) -> Result<Option<String>, StoreError> {
    let row = tx.one("SELECT account FROM enrolment_code WHERE code_hash = $1", args![code_hash]).await?;
    row.map(|mut row| row.take()).transpose()
}

/// Uses a code up, once; the account. None for unknown, used and expired alike.
pub async fn redeem_code(tx: &mut Tx, code_hash: &[u8], at: i64) -> Result<Option<String>, StoreError> {
    let sql = "UPDATE enrolment_code SET used_at = $2
               WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account";
    tx.one(sql, args![code_hash, at]).await?.map(|mut row| row.take()).transpose()
}

/// Ends all unused codes of an account.
pub async fn end_codes(tx: &mut Tx, account: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE enrolment_code SET expires_at = $2 WHERE account = $1 AND used_at IS NULL AND expires_at > $2";
    tx.execute(sql, args![account, at]).await
}

/// Starts a one-time password; an earlier one of the same account ends.
pub async fn challenge(tx: &mut Tx, c: &Challenge) -> Result<(), StoreError> {
    if let Some(account) = &c.account {
        let sql = "UPDATE otp_challenge SET expires_at = $2 WHERE account = $1 AND used_at IS NULL AND expires_at > $2";
        tx.execute(sql, args![account, c.created_at]).await?;
    }
    let sql = "INSERT INTO otp_challenge (id, account, code_hash, tries_left, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let args = args![&c.id, c.account.as_deref(), &c.code_hash, c.tries_left, c.created_at, c.expires_at];
    tx.execute(sql, args).await.map(drop)
}

/// How many one-time passwords an account was sent since a moment; counts to `limit` at most.
pub async fn challenges_since(tx: &mut Tx, account: &str, since_at: i64, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM otp_challenge WHERE account = $1 AND created_at >= $2 LIMIT $3) c";
    let row = tx.one(sql, args![account, since_at, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Takes one try of a live challenge; its account and hash to compare with, in constant time.
/// None for unknown, used up, used and expired alike. The deed must end in `Ok`, or the try comes back.
pub async fn take_try(tx: &mut Tx, id: &str, at: i64) -> Result<Option<(Option<String>, Vec<u8>)>, StoreError> {
    let sql = "UPDATE otp_challenge SET tries_left = tries_left - 1
               WHERE id = $1 AND tries_left > 0 AND used_at IS NULL AND expires_at > $2 RETURNING account, code_hash";
    let row = tx.one(sql, args![id, at]).await?;
    row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// Uses a challenge up after its password was right, once.
pub async fn use_challenge(tx: &mut Tx, id: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE otp_challenge SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
    Ok(tx.execute(sql, args![id, at]).await? == 1)
}

/// Forgets one-time passwords that were over before a moment, so many at a time; how many.
pub async fn forget_challenges_before(tx: &mut Tx, at: i64, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM otp_challenge WHERE id IN (SELECT id FROM otp_challenge WHERE expires_at < $1 LIMIT $2)";
    tx.execute(sql, args![at, rows_max]).await
}
