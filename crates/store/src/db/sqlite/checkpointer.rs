//! Folds the write-ahead log into the database file on a thread of its own, so that no deed waits
//! for it. It does not know deeds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::connection::{Connection, Role};
use crate::StoreError;

/// Rows changed from one folding to the next; about 8 MB of log.
const ROWS_BETWEEN: u64 = 4_000;
/// Pages of log (64 MB) beyond which the writer itself folds the rest between two commits: under
/// steady load the log never stands still, and so would never start anew.
const LOG_PAGES_MAX: i64 = 16_000;
/// Folds what no reader needs, and waits for nobody.
const FOLD: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// The writer's hold on the folding thread.
pub(super) struct Checkpointer {
    wake: SyncSender<()>,
    too_long: Arc<AtomicBool>,
    rows_at_last: AtomicU64,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(path, Role::Checkpointer)?;
        let (wake, woken) = sync_channel(1);
        let too_long = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&too_long);
        let thread = thread::Builder::new()
            .name("yima-checkpointer".into())
            .spawn(move || fold_when_woken(&connection, &woken, &flag))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { wake, too_long, rows_at_last: AtomicU64::new(0), thread })
    }

    /// Called by the writer between two transactions.
    pub(super) fn after_commit(&self, writer: &Connection) {
        if self.too_long.swap(false, Ordering::Relaxed) {
            fold(writer);
        }
        let rows = writer.inner.total_changes();
        if rows.saturating_sub(self.rows_at_last.load(Ordering::Relaxed)) >= ROWS_BETWEEN {
            self.rows_at_last.store(rows, Ordering::Relaxed);
            // A full channel means that it is awake already.
            let _ = self.wake.try_send(());
        }
    }

    /// Waits until the thread has closed its connection.
    pub(super) fn stop(self) {
        drop(self.wake);
        if self.thread.join().is_err() {
            tracing::error!("the checkpointer panicked");
        }
    }
}

fn fold_when_woken(connection: &Connection, woken: &Receiver<()>, too_long: &AtomicBool) {
    while woken.recv().is_ok() {
        too_long.store(fold(connection) > LOG_PAGES_MAX, Ordering::Relaxed);
    }
}

/// Folds once; the pages in the log, folded or not. A failure (a full disk) leaves the log as it
/// is, which is whole by itself; the next time may do better.
fn fold(connection: &Connection) -> i64 {
    let folded = connection.rows(FOLD, &[]).and_then(|rows| {
        let mut row = rows.into_iter().next().ok_or(StoreError::Inconsistent("wal_checkpoint"))?;
        let _busy: i64 = row.take()?;
        row.take()
    });
    folded.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log was not folded into the database file");
        0
    })
}
