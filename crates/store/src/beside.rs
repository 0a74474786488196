//! What stands beside an account about its person: ways to sign in, sessions, what apps were allowed, mandates; to be copied out.
//! It knows which columns a person may read, never a secret one, and changes nothing.

use crate::db::value::args;
use crate::{StoreError, Tx};

/// A row in words: an id, what kind it is, what else it says, its state, and two moments in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Its id.
    pub id: String,
    /// What kind it is.
    pub kind: String,
    /// What else it says.
    pub says: String,
    /// Its state.
    pub state: String,
    /// Made, or begun.
    pub from_at: i64,
    /// Ended, or to end.
    pub until_at: Option<i64>,
}

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// Ways to sign in.
    Authenticators,
    /// Signed-in browsers.
    Sessions,
    /// What apps were allowed.
    Grants,
    /// Mandates in which the person is the one or the other side; the other side is not named.
    Mandates,
    /// Recoveries of the account.
    Recoveries,
}

/// The rows of a person, the newest first, at most 500.
pub async fn of_account(tx: &mut Tx, which: Which, account: &str) -> Result<Vec<Beside>, StoreError> {
    let sql = match which {
        Which::Authenticators => {
            "SELECT id, kind, name, state, created_at, ended_at FROM authenticator
             WHERE account = $1 ORDER BY id DESC LIMIT 500"
        }
        Which::Sessions => {
            "SELECT id, acr, label, state, created_at, ended_at FROM session
             WHERE account = $1 ORDER BY id DESC LIMIT 500"
        }
        Which::Grants => {
            "SELECT id, client, scopes, state, from_at, until_at FROM app_grant
             WHERE account = $1 ORDER BY id DESC LIMIT 500"
        }
        Which::Mandates => {
            "SELECT id, kind, CASE WHEN actor = $1 THEN 'actor' ELSE 'principal' END, state, from_at, until_at
             FROM edge WHERE actor = $1 OR principal = $1 ORDER BY id DESC LIMIT 500"
        }
        Which::Recoveries => {
            "SELECT id, 'counter', evidence, state, asked_at, COALESCE(ended_at, hold_until) FROM recovery
             WHERE account = $1 ORDER BY id DESC LIMIT 500"
        }
    };
    let rows = tx.rows(sql, args![account]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Beside {
                id: row.take()?,
                kind: row.take()?,
                says: row.take()?,
                state: row.take()?,
                from_at: row.take()?,
                until_at: row.take()?,
            })
        })
        .collect()
}
