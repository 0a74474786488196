//! How far each import file came, written in the transaction of each batch, so that a killed import
//! goes on where it stopped. It does not know what a row of the file means.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Whether a file is through.
    State { Running = "running", Done = "done" }
}

/// The progress of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// SHA-256 of the file, or what stands for a section of it that is under way.
    pub file_hash: Vec<u8>,
    /// Bytes of the file that are through.
    pub read_bytes: i64,
    /// Rows that are through.
    pub rows_read: i64,
    /// New accounts.
    pub inserted: i64,
    /// Rows whose ID number had an account.
    pub duplicates: i64,
    /// Rows in the rejects file.
    pub rejected: i64,
    /// Running or done.
    pub state: State,
    /// Microseconds.
    pub started_at: i64,
    /// Microseconds.
    pub updated_at: i64,
}

/// Notes where a file stands; call it in the transaction of the rows it counts.
pub async fn save(tx: &mut Tx, run: &ImportRun) -> Result<(), StoreError> {
    let sql = "INSERT INTO import_run (file_hash, read_bytes, rows_read, inserted, duplicates, rejected, state,
               started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (file_hash) DO UPDATE SET read_bytes = excluded.read_bytes, rows_read = excluded.rows_read,
               inserted = excluded.inserted, duplicates = excluded.duplicates, rejected = excluded.rejected,
               state = excluded.state, updated_at = excluded.updated_at";
    let args = args![
        &run.file_hash,
        run.read_bytes,
        run.rows_read,
        run.inserted,
        run.duplicates,
        run.rejected,
        run.state,
        run.started_at,
        run.updated_at
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Forgets a section that is through; the run of its file tells it from now on.
pub async fn forget(tx: &mut Tx, file_hash: &[u8]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM import_run WHERE file_hash = $1", args![file_hash]).await.map(drop)
}

/// Where a file stood last.
pub async fn find(tx: &mut Tx, file_hash: &[u8]) -> Result<Option<ImportRun>, StoreError> {
    let sql = "SELECT file_hash, read_bytes, rows_read, inserted, duplicates, rejected, state, started_at, updated_at
               FROM import_run WHERE file_hash = $1";
    tx.one(sql, args![file_hash]).await?.map(one).transpose()
}

fn one(mut row: Row) -> Result<ImportRun, StoreError> {
    Ok(ImportRun {
        file_hash: row.take()?,
        read_bytes: row.take()?,
        rows_read: row.take()?,
        inserted: row.take()?,
        duplicates: row.take()?,
        rejected: row.take()?,
        state: row.take()?,
        started_at: row.take()?,
        updated_at: row.take()?,
    })
}
