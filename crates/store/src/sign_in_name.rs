//! Names that residents chose for signing in, beside their ID number. It does not know which names may be chosen.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// Gives an account a name, in the place of the one it had; false when another account has it.
pub async fn choose(tx: &mut Tx, name: &str, account: &str, at: i64) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM sign_in_name WHERE account = $1 AND name <> $2", args![account, name]).await?;
    let sql = "INSERT INTO sign_in_name (name, account, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (name) DO UPDATE SET account = excluded.account WHERE sign_in_name.account = excluded.account
               RETURNING account";
    Ok(tx.one(sql, args![name, account, at]).await?.is_some())
}

/// Whose it is.
pub async fn account_of(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    let row = tx.one("SELECT account FROM sign_in_name WHERE name = $1", args![name]).await?;
    row.map(|mut row| row.take()).transpose()
}

/// The name of an account.
pub async fn of_account(tx: &mut Tx, account: &str) -> Result<Option<String>, StoreError> {
    let row = tx.one("SELECT name FROM sign_in_name WHERE account = $1", args![account]).await?;
    row.map(|mut row| row.take()).transpose()
}
