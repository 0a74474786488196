//! What can go wrong between a deed and its rows, as sentences that finish "failed to …".
//! It does not know any deed, and never carries a value that was being stored.

use std::fmt;

/// Why the store could not do what was asked. None of these says anything about the person
/// concerned: a refusal by rule is an `Ok` of the deed, never one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// A unique or foreign key stands against it; nothing of the deed was kept.
    Conflict,
    /// Too many deeds wait, or waited too long for each other. Try again shortly.
    Busy,
    /// Two deeds stood in each other's way, and the database undid this one. The store itself tries again before it says so.
    Crossed,
    /// The disk has no room. Nothing was kept; it works again once there is room.
    Full,
    /// The database file is damaged.
    Corrupt,
    /// A row says what can't be; the text names the table and column, never the value.
    Inconsistent(&'static str),
    /// The database could not be reached, or gave up; the text is for the log only.
    Unavailable(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("failed to store: a row with the same key stands already"),
            Self::Busy => f.write_str("failed to store in time: too many deeds are waiting"),
            Self::Crossed => f.write_str("failed to store: deeds stood in each other's way again and again"),
            Self::Full => f.write_str("failed to store: the disk is full"),
            Self::Corrupt => f.write_str("failed to read the database: the file is damaged"),
            Self::Inconsistent(place) => write!(f, "failed to understand a stored row: {place}"),
            Self::Unavailable(why) => write!(f, "failed to reach the database: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// The same, saying which statement it was where the database could not do it at all.
    pub(crate) fn in_statement(self, sql: &str) -> Self {
        match self {
            Self::Unavailable(why) => Self::Unavailable(format!("{why}; the statement: {}", crate::db::short(sql))),
            other => other,
        }
    }
}

/// The tables are not what this program's statements speak of.
const OTHER_TABLES: &str =
    "the tables are not those of this program: open the database with the version that wrote it last, or a newer one";

/// What SQLite's fault means here, and what to do.
const fn sqlite_advice(code: rusqlite::ErrorCode) -> &'static str {
    use rusqlite::ErrorCode as Code;
    match code {
        Code::Unknown => OTHER_TABLES,
        Code::ReadOnly | Code::PermissionDenied => {
            "let the service's user write the database file and its directory, -wal and -shm beside it too"
        }
        Code::CannotOpen => "see that the data directory is there, and that the service's user may open it",
        Code::SystemIoFailure => "see whether the disk is sound (dmesg), and restore a backup where it is not",
        Code::OutOfMemory => "give the service more memory",
        _ => "restart the service; if it comes again, keep this line for whoever mends the program",
    }
}

/// The same for PostgreSQL, by SQLSTATE (appendix A).
fn postgres_advice(code: &str) -> &'static str {
    match code {
        "42P01" | "42703" | "42883" | "42P02" => OTHER_TABLES,
        "42501" => "grant the service's role SELECT, INSERT, UPDATE and DELETE on all tables of this database",
        "25006" => "the server only answers reads: it is a standby, so name the primary in database_url",
        "3D000" => "there is no database of that name: make it, or correct database_url",
        _ if code.starts_with("28") => "the role or its password is not taken: correct database_url",
        _ if code.starts_with("57P") || code.starts_with("08") => "the server stops or starts: wait until it is up",
        _ if code.starts_with("58") => "the server's disk failed: read its log",
        _ => "read PostgreSQL's own log at this moment",
    }
}

const SQLITE_IOERR_SHMSIZE: i32 = 4874;
const SQLITE_IOERR_SHMMAP: i32 = 5386;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // A statement that could not even be prepared says what it stumbled at; neither text holds a value.
        let (failure, said) = match &error {
            rusqlite::Error::SqliteFailure(failure, said) => (failure, said.as_deref()),
            rusqlite::Error::SqlInputError { error, msg, .. } => (error, Some(msg.as_str())),
            _ => return Self::Unavailable(error.to_string()),
        };
        match failure.code {
            Code::DiskFull => Self::Full,
            // The index beside the write-ahead log could not grow: a full disk again.
            _ if [SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_SHMMAP].contains(&failure.extended_code) => Self::Full,
            Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
            Code::DatabaseCorrupt | Code::NotADatabase => Self::Corrupt,
            Code::ConstraintViolation => Self::Conflict,
            _ => {
                let said = said.map_or_else(|| failure.to_string(), |said| format!("SQLite says {said:?}"));
                Self::Unavailable(format!("{said}: {}", sqlite_advice(failure.code)))
            }
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Database(database) => database.code(),
            _ => return Self::Unavailable(error.to_string()),
        };
        // PostgreSQL, appendix A: class 23 integrity, 40 rollback, 53 resources, XX corruption.
        match code.as_deref().unwrap_or("") {
            "40001" | "40P01" => Self::Crossed,
            "55P03" | "53300" | "57014" => Self::Busy,
            "53100" => Self::Full,
            "XX001" | "XX002" => Self::Corrupt,
            class if class.starts_with("23") => Self::Conflict,
            code => Self::Unavailable(format!("PostgreSQL says {code}: {}", postgres_advice(code))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::db::value::args;
    use crate::{Store, StoreError};

    /// Whoever reads the log sees which statement it was, what the database said, and what to do.
    #[tokio::test]
    async fn a_fault_says_its_statement_and_what_to_do() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("yima.db").display())).await.unwrap();
        let table = [
            ("UPDATE nowhere SET a = $1", "no such table: nowhere", "the tables are not those of this program"),
            ("SELECT nonsense FROM setting WHERE key = $1", "no such column: nonsense", "the tables are not those"),
        ];
        for (sql, said, advice) in table {
            let done: Result<(), StoreError> =
                store.deed(move |tx| Box::pin(async move { tx.execute(sql, args!["a secret"]).await.map(drop) })).await;
            let told = done.unwrap_err().to_string();
            for part in [said, advice, sql] {
                assert!(told.contains(part), "{part} in {told}");
            }
            assert!(!told.contains("a secret"), "{told}");
        }
    }
}
