//! Destroying what is kept about a person: sealed fields, keyed hashes, labels, notices; what must stay names nobody.
//! It does not know who decides so, nor how long a token can be shown.

use crate::db::value::args;
use crate::standing::{self, Standing};
use crate::{StoreError, Tx, account};

/// Octets that take the place of what found a person; random, drawn outside.
#[derive(Debug, Clone)]
pub struct Blanks {
    /// Instead of the keyed hash of the ID number.
    pub blind_id: Vec<u8>,
    /// Microseconds until which a token with the old handle could be shown.
    pub handle_until: i64,
}

/// Statements that forget rows of an account which nothing else needs.
const FORGET: &[&str] = &[
    "DELETE FROM family WHERE account = $1",
    "DELETE FROM app_grant WHERE account = $1",
    "DELETE FROM relation WHERE account = $1",
    "DELETE FROM session WHERE account = $1",
    "DELETE FROM recovery WHERE account = $1",
    "DELETE FROM authenticator WHERE account = $1",
    "DELETE FROM sign_in_name WHERE account = $1",
    "DELETE FROM one_time WHERE account = $1",
    "DELETE FROM notice WHERE account = $1",
    "DELETE FROM check_in WHERE account = $1",
    "DELETE FROM short_number WHERE account = $1",
    "DELETE FROM enrolment_code WHERE account = $1",
    "DELETE FROM otp_challenge WHERE account = $1",
    "DELETE FROM benefit WHERE account = $1",
    "DELETE FROM kept_key WHERE account = $1",
    "DELETE FROM number_change WHERE account = $1",
    "DELETE FROM trusted WHERE principal = $1 OR person = $1",
    "UPDATE device SET label = '' WHERE account = $1",
    "UPDATE consent SET attributes = '[]' WHERE account = $1",
];

/// Destroys an account's data; false when that was done before, or there is no such account.
/// End devices, cards, consents and ties first: their rows lose what names somebody here.
pub async fn erase(tx: &mut Tx, id: &str, at: i64, blanks: &Blanks) -> Result<bool, StoreError> {
    if !account::changed(tx, id).await? {
        return Ok(false);
    }
    let sql = "INSERT INTO erasure (account, erased_at, handle_until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    if tx.execute(sql, args![id, at, blanks.handle_until]).await? == 0 {
        return Ok(false);
    }
    let blind_id = blanks.blind_id.clone();
    let blank = move |standing: &mut Standing| {
        (standing.blind_id, standing.state, standing.proofing) = (blind_id, account::State::Dead, 0);
        true
    };
    standing::change(tx, id, blank).await?;
    let sql = "UPDATE account SET sealed_name = $2, sealed_id_number = $2, sealed_phone = NULL, blind_name = 0,
               region = '000000' WHERE id = $1";
    tx.execute(sql, args![id, &[] as &[u8]]).await?;
    for sql in FORGET {
        tx.execute(sql, args![id]).await?;
    }
    Ok(true)
}

/// Whether an account's data was destroyed, and when.
pub async fn of(tx: &mut Tx, id: &str) -> Result<Option<i64>, StoreError> {
    tx.one("SELECT erased_at FROM erasure WHERE account = $1", args![id]).await?.map(|mut row| row.take()).transpose()
}

/// Accounts whose handle can lead to nothing any more, at most `limit`.
pub async fn handles_over(tx: &mut Tx, at: i64, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql =
        "SELECT account FROM erasure WHERE handle_until IS NOT NULL AND handle_until <= $1 ORDER BY account LIMIT $2";
    tx.rows(sql, args![at, limit]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Puts random octets in the place of a handle.
pub async fn blank_handle(tx: &mut Tx, id: &str, handle: &[u8; 8]) -> Result<(), StoreError> {
    let handle = *handle;
    let blank = move |standing: &mut Standing| {
        standing.handle = handle;
        true
    };
    standing::change(tx, id, blank).await?;
    tx.execute("UPDATE erasure SET handle_until = NULL WHERE account = $1", args![id]).await.map(drop)
}

/// Every account whose data was destroyed.
pub async fn all(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    tx.rows("SELECT account FROM erasure ORDER BY account", args![])
        .await?
        .into_iter()
        .map(|mut row| row.take())
        .collect()
}
