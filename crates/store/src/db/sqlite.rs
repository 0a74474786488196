//! SQLite: one writer thread that owns the only writing connection, and a few readers beside it.
//! It does not know any table.

mod checkpointer;
mod connection;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::{Connection as AnyConnection, Tx};
use crate::seals::SealsCell;
use crate::{StoreError, schema};
use checkpointer::Checkpointer;
pub(super) use connection::Connection;
use connection::Role;
use writer::{Deed, Job, Stop, block_on, finish, write_until_closed};

/// Deeds that may wait for the writer; beyond, `Busy` is kinder than a long wait.
const QUEUE_DEEDS_MAX: usize = 4_096;
/// Readers that work at once. A reader costs about 2 MB.
const READERS_MAX: usize = 4;

#[derive(Clone)]
pub(super) struct Sqlite(Arc<Shared>);

struct Shared {
    path: PathBuf,
    queue: mpsc::Sender<Box<dyn Job>>,
    closed: Mutex<Option<oneshot::Receiver<()>>>,
    readers: Mutex<Vec<Tx>>,
    reading: Semaphore,
    seals: SealsCell,
}

impl Sqlite {
    pub(super) fn open(path: &Path, seals: &SealsCell) -> Result<Self, StoreError> {
        let mut writer = Connection::open(path, Role::Writer)?;
        schema::bring_up_sqlite(&mut writer.inner)?;
        let checkpointer = Checkpointer::start(path)?;
        let (queue, jobs) = mpsc::channel(QUEUE_DEEDS_MAX);
        let (ended, closed) = oneshot::channel();
        let writing = Tx::over(writer, seals);
        thread::Builder::new()
            .name("yima-writer".into())
            .spawn(move || {
                write_until_closed(writing, jobs, checkpointer);
                // Nobody may be waiting for the end; that is no fault.
                let _ = ended.send(());
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self(Arc::new(Shared {
            path: path.to_owned(),
            queue,
            closed: Mutex::new(Some(closed)),
            readers: Mutex::new(Vec::new()),
            reading: Semaphore::new(READERS_MAX),
            seals: SealsCell::clone(seals),
        })))
    }

    pub(super) async fn deed<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let deed = Deed { work, outcome: None, reply };
        self.0.queue.try_send(Box::new(deed)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let _place = self.0.reading.acquire().await.map_err(|_| closed())?;
        let shared = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            let tx = shared.reader()?;
            shared.look(tx, true, work)
        })
        .await
        .unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string()).into()))
    }

    /// A look that ends at once, on this thread when a reader is free; `whole` when it has several statements of one moment.
    pub(super) async fn glance<T, E, F>(&self, whole: bool, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let Ok(place) = self.0.reading.try_acquire() else { return self.read(work).await };
        // Opening a file takes its time: that is not done here.
        let Some(tx) = lock(&self.0.readers).pop() else {
            drop(place);
            return self.read(work).await;
        };
        self.0.look(tx, whole, work)
    }

    pub(super) async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let (from, file) = (self.0.path.clone(), file.to_owned());
        tokio::task::spawn_blocking(move || {
            let name = file.to_str().ok_or_else(|| StoreError::Unavailable("the file's name is not UTF-8".into()))?;
            let reader = rusqlite::Connection::open(from)?;
            reader.execute("VACUUM INTO ?1", [name])?;
            std::fs::File::open(&file)
                .and_then(|copy| copy.sync_all())
                .map_err(|error| StoreError::Unavailable(error.to_string()))
        })
        .await
        .unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
    }

    pub(super) async fn close(self) {
        self.0.reading.close();
        let waiting = lock(&self.0.closed).take();
        // An empty job list can't be told from a busy one through a clone: ask the writer to stop.
        if self.0.queue.send(Box::new(Stop)).await.is_ok()
            && let Some(ended) = waiting
        {
            // The writer ends by dropping the other half at the latest.
            let _ = ended.await;
        }
        lock(&self.0.readers).clear();
    }
}

impl Shared {
    fn reader(&self) -> Result<Tx, StoreError> {
        if let Some(tx) = lock(&self.readers).pop() {
            return Ok(tx);
        }
        Ok(Tx::over(Connection::open(&self.path, Role::Reader)?, &self.seals))
    }

    /// Looks with a reader, and gives it back. A reader whose look broke off is not used again.
    fn look<T, E, F>(&self, mut tx: Tx, whole: bool, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        if whole {
            tx.sqlite().run("BEGIN")?;
        }
        let outcome = finish(block_on(work(&mut tx)), &tx);
        if whole {
            tx.sqlite().run("ROLLBACK")?;
        }
        tx.failed = None;
        lock(&self.readers).push(tx);
        outcome
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // INVARIANT: each holder leaves the value whole, so a poisoned lock is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tx {
    fn over(connection: Connection, seals: &SealsCell) -> Self {
        Self { connection: AnyConnection::Sqlite(connection), failed: None, seals: SealsCell::clone(seals) }
    }

    fn sqlite(&mut self) -> &mut Connection {
        match &mut self.connection {
            AnyConnection::Sqlite(connection) => connection,
            AnyConnection::Postgres(_) => unreachable!("made by `over`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lock;
    use super::writer::BATCH_DEEDS_MAX;
    use crate::db::value::args;
    use crate::{Store, StoreError, setting};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    /// The whole transaction may vanish under a deed (here: the file may not grow). Then every deed
    /// of the batch is told so, the ones before it too, and the next one works.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_file_ends_every_deed_of_the_batch() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("yima.db").display())).await.unwrap();
        let small: Result<(), StoreError> = store
            .deed(|tx| {
                Box::pin(async move {
                    let pages: i64 = tx.one("PRAGMA page_count", args![]).await?.unwrap().take()?;
                    assert!(pages > 60);
                    tx.rows("PRAGMA max_page_count = 1", args![]).await.map(drop)
                })
            })
            .await;
        small.unwrap();
        let many: Vec<_> = (0..40)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move { write(&store, n, 30_000).await.map(|()| n) })
            })
            .collect();
        let mut kept = Vec::new();
        for one in many {
            match one.await.unwrap() {
                Ok(n) => kept.push(n),
                Err(error) => assert_eq!(error, StoreError::Full),
            }
        }
        assert!(kept.is_empty(), "nothing of this size fits: {kept:?}");
        let room: Result<(), StoreError> = store
            .deed(|tx| Box::pin(async move { tx.rows("PRAGMA max_page_count = 100000", args![]).await.map(drop) }))
            .await;
        room.unwrap();
        write(&store, 99, 30_000).await.unwrap();
        let all: Result<_, StoreError> = store.read(|tx| Box::pin(setting::all(tx))).await;
        assert_eq!(all.unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>(), ["99"]);
    }

    /// An import's rows are held in a larger cache, which is given back when no more of them come.
    #[tokio::test]
    async fn the_cache_is_wide_while_thousands_of_rows_are_written() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("yima.db").display())).await.unwrap();
        let cache = async || -> i64 {
            let size: Result<i64, StoreError> = store
                .deed(|tx| Box::pin(async move { tx.one("PRAGMA cache_size", args![]).await?.unwrap().take() }))
                .await;
            size.unwrap()
        };
        assert_eq!(cache().await, -16_000);
        let many: Result<Vec<bool>, StoreError> = store
            .deed(|tx| {
                Box::pin(async move {
                    let keys: Vec<String> = (0..1_000).map(|n| format!("{n:05}")).collect();
                    let args: Vec<_> = keys.iter().flat_map(|key| args![key, "x"].to_vec()).collect();
                    tx.insert_many("INSERT INTO setting (key, value) VALUES", "ON CONFLICT DO NOTHING", 2, &args).await
                })
            })
            .await;
        assert_eq!(many.unwrap().len(), 1_000);
        assert_eq!(cache().await, -64_000);
        for n in 0..256 {
            write(&store, n, 1).await.unwrap();
        }
        assert_eq!(cache().await, -16_000);
    }

    async fn write(store: &Store, n: u32, bytes: usize) -> Result<(), StoreError> {
        store.deed(move |tx| Box::pin(async move { setting::set(tx, &n.to_string(), &"x".repeat(bytes)).await })).await
    }

    /// Deeds that waited together: one that fails takes no other with it.
    #[tokio::test]
    async fn deeds_of_one_batch_stand_each_for_itself() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("yima.db").display())).await.unwrap();
        // One thread runs this test, so all of them are queued before the writer's answers are seen.
        let calls = (0..BATCH_DEEDS_MAX * 2).map(|n| {
            store.deed(move |tx| {
                Box::pin(async move {
                    setting::set(tx, &format!("{n:05}"), "x").await?;
                    if n % 2 == 0 { Ok(()) } else { Err(StoreError::Conflict) }
                })
            })
        });
        let answers = futures_util::future::join_all(calls).await;
        let all: Result<_, StoreError> = store.read(|tx| Box::pin(setting::all(tx))).await;
        let kept: Vec<_> = all.unwrap().into_iter().map(|(key, _)| key.parse::<usize>().unwrap()).collect();
        let good: Vec<_> = (0..answers.len()).filter(|n| answers[*n].is_ok()).collect();
        assert_eq!(kept, good);
        assert_eq!(good, (0..BATCH_DEEDS_MAX * 2).step_by(2).collect::<Vec<_>>());
    }

    /// Deeds that wait together behind one that holds the writer until all of them do, and whether each fails. How often each
    /// ran, the one that holds first.
    async fn together(store: &Store, round: u32, deeds: &[bool]) -> Vec<u32> {
        let (go, waits) = std::sync::mpsc::channel::<()>();
        let waits = Arc::new(Mutex::new(waits));
        let fails: Vec<bool> = std::iter::once(GOOD).chain(deeds.iter().copied()).collect();
        let ran: Arc<Vec<AtomicU32>> = Arc::new(fails.iter().map(|_| AtomicU32::new(0)).collect());
        let asked: Vec<_> = fails
            .iter()
            .enumerate()
            .map(|(n, &fails)| {
                let (store, ran, waits) = (store.clone(), Arc::clone(&ran), (n == 0).then(|| Arc::clone(&waits)));
                tokio::spawn(async move {
                    store
                        .deed(move |tx| {
                            Box::pin(async move {
                                if let Some(waits) = waits {
                                    // Nothing is sent: it goes on when the other half is gone.
                                    let _ = lock(&waits).recv();
                                }
                                ran[n].fetch_add(1, Ordering::SeqCst);
                                setting::set(tx, &format!("{round}-{n}"), "x").await?;
                                if fails { Err(StoreError::Conflict) } else { Ok(()) }
                            })
                        })
                        .await
                })
            })
            .collect();
        // One thread runs this test: each has asked when it is its turn again.
        tokio::task::yield_now().await;
        drop(go);
        let mut stand = Vec::new();
        for (n, one) in asked.into_iter().enumerate() {
            assert_eq!(one.await.unwrap().is_err(), fails[n]);
            stand.extend((!fails[n]).then(|| format!("{round}-{n}")));
        }
        let all: Result<_, StoreError> = store.read(|tx| Box::pin(setting::all(tx))).await;
        let keys = all.unwrap().into_iter().map(|(key, _)| key);
        assert_eq!(keys.filter(|key| key.starts_with(&format!("{round}-"))).collect::<Vec<_>>(), stand);
        ran.iter().map(|runs| runs.load(Ordering::SeqCst)).collect()
    }

    const GOOD: bool = false;
    const FAILS: bool = true;

    /// Those before one that failed are done again, once; for a while after it nobody is.
    #[tokio::test]
    async fn a_deed_that_fails_makes_those_before_it_run_once_more() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.path().join("yima.db").display())).await.unwrap();
        assert_eq!(together(&store, 1, &[GOOD, GOOD, FAILS, GOOD, FAILS, GOOD]).await, [2, 2, 2, 1, 1, 1, 1]);
        assert_eq!(together(&store, 2, &[GOOD, FAILS, GOOD]).await, [1, 1, 1, 1], "each has a savepoint now");
        for n in 0..64 {
            write(&store, n, 1).await.unwrap();
        }
        assert_eq!(together(&store, 3, &[GOOD, FAILS, GOOD]).await, [2, 2, 1, 1], "and none again");
    }
}
