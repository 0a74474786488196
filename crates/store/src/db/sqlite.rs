//! SQLite: one writer thread that owns the only writing connection, and a few readers beside it.
//! It does not know any table.
//!
//! The writer takes what waits, runs each deed behind a savepoint inside one BEGIN IMMEDIATE, and
//! answers all of them after one COMMIT: a flush to disk is shared by whoever came while the last
//! one was under way, and a deed that is alone waits for nobody.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures_util::future::BoxFuture;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::value::{Arg, Cell, Row};
use super::{Connection as AnyConnection, Tx};
use crate::{StoreError, schema};

/// Deeds that may wait for the writer; beyond, `Busy` is kinder than a long wait.
const QUEUE_DEEDS_MAX: usize = 4_096;
/// Deeds that share a COMMIT; bounds how long the first of them waits for the last.
const BATCH_DEEDS_MAX: usize = 256;
/// Readers that work at once. A reader costs about 2 MB.
const READERS_MAX: usize = 4;
/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 128;

#[derive(Clone)]
pub(super) struct Sqlite(Arc<Shared>);

struct Shared {
    path: PathBuf,
    queue: mpsc::Sender<Box<dyn Job>>,
    closed: Mutex<Option<oneshot::Receiver<()>>>,
    readers: Mutex<Vec<Tx>>,
    reading: Semaphore,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writer = Connection::open(path, Role::Writer)?;
        schema::bring_up_sqlite(&mut writer.0)?;
        let (queue, jobs) = mpsc::channel(QUEUE_DEEDS_MAX);
        let (ended, closed) = oneshot::channel();
        thread::Builder::new()
            .name("yima-writer".into())
            .spawn(move || {
                write_until_closed(writer, jobs);
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
        })))
    }

    pub(super) async fn deed<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let deed = Deed { work: Some(work), outcome: None, reply };
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
            let mut tx = shared.reader()?;
            tx.sqlite().run("BEGIN")?;
            let outcome = finish(block_on(work(&mut tx)), &tx);
            tx.sqlite().run("ROLLBACK")?;
            tx.failed = None;
            lock(&shared.readers).push(tx);
            outcome
        })
        .await
        .unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string()).into()))
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
        Ok(Tx::over(Connection::open(&self.path, Role::Reader)?))
    }
}

/// One deed on its way through the writer thread.
trait Job: Send {
    /// Does the work; true to keep what it wrote.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Tells the caller, after the COMMIT or its failure.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
    /// True for the request to end the thread.
    fn stops(&self) -> bool {
        false
    }
}

struct Deed<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Deed<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(work) = self.work.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| block_on(work(tx))))
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the deed panicked".into()).into()));
        let outcome = finish(outcome, tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(closed().into()),
            (Err(error), _) => Err(error.clone().into()),
        };
        // The caller may have gone away; the deed stands all the same.
        let _ = self.reply.send(outcome);
    }
}

struct Stop;

impl Job for Stop {
    fn run(&mut self, _: &mut Tx) -> bool {
        true
    }
    fn answer(self: Box<Self>, _: &Result<(), StoreError>) {}
    fn stops(&self) -> bool {
        true
    }
}

fn write_until_closed(writer: Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut tx = Tx::over(writer);
    while let Some(first) = jobs.blocking_recv() {
        let mut batch = vec![first];
        let committed = commit_together(&mut tx, &mut batch, &mut jobs);
        if let Err(error) = &committed {
            tracing::error!(%error, deeds = batch.len(), "a commit failed; none of its deeds was kept");
        }
        let stop = batch.iter().any(|job| job.stops());
        batch.into_iter().for_each(|job| job.answer(&committed));
        if stop {
            break;
        }
    }
}

/// Runs the waiting deeds in one transaction. `Ok` means that it is on disk; after any `Err`
/// nothing of it is, so every deed of the batch is told so.
fn commit_together(
    tx: &mut Tx,
    batch: &mut Vec<Box<dyn Job>>,
    jobs: &mut mpsc::Receiver<Box<dyn Job>>,
) -> Result<(), StoreError> {
    let done = tx.sqlite().run("BEGIN IMMEDIATE").and_then(|()| {
        let mut at = 0;
        while let Some(job) = batch.get_mut(at) {
            run_behind_savepoint(tx, job.as_mut())?;
            at += 1;
            if at < BATCH_DEEDS_MAX
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
        }
        tx.sqlite().run("COMMIT")
    });
    if done.is_err()
        && tx.sqlite().in_transaction()
        && let Err(error) = tx.sqlite().run("ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
    tx.failed = None;
    done
}

fn run_behind_savepoint(tx: &mut Tx, job: &mut dyn Job) -> Result<(), StoreError> {
    tx.failed = None;
    tx.sqlite().run("SAVEPOINT deed")?;
    let keep = job.run(tx);
    // SQLite ends the whole transaction by itself after some errors (full disk, IO): then the
    // deeds before this one are gone too, and nothing may be written outside a transaction.
    if !tx.sqlite().in_transaction() {
        return Err(tx
            .failed
            .take()
            .unwrap_or_else(|| StoreError::Unavailable("the transaction ended by itself".into())));
    }
    if !keep {
        tx.sqlite().run("ROLLBACK TO deed")?;
    }
    tx.sqlite().run("RELEASE deed")
}

/// A deed that met a failed statement can't end well, whatever it made of the error.
fn finish<T, E: From<StoreError>>(outcome: Result<T, E>, tx: &Tx) -> Result<T, E> {
    match (&tx.failed, outcome) {
        (Some(error), Ok(_)) => Err(error.clone().into()),
        (_, outcome) => outcome,
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // INVARIANT: each holder leaves the value whole, so a poisoned lock is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drives a deed on this thread. Its statements never wait, so the first poll is the last one;
/// whatever else it awaits parks the thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return done;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return done;
        }
        thread::park();
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Tx {
    fn over(connection: Connection) -> Self {
        Self { connection: AnyConnection::Sqlite(connection), failed: None }
    }

    fn sqlite(&mut self) -> &mut Connection {
        match &mut self.connection {
            AnyConnection::Sqlite(connection) => connection,
            AnyConnection::Postgres(_) => unreachable!("made by `over`"),
        }
    }
}

#[derive(PartialEq)]
enum Role {
    Writer,
    Reader,
}

pub(super) struct Connection(pub(super) rusqlite::Connection);

impl Connection {
    fn open(path: &Path, role: Role) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open(path)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        connection.execute_batch(
            "PRAGMA busy_timeout = 5000;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;",
        )?;
        match role {
            // 16 MB of pages; the log is folded into the file every 16 MB.
            Role::Writer => {
                connection.execute_batch("PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;")?
            }
            Role::Reader => connection.execute_batch("PRAGMA cache_size = -2000; PRAGMA query_only = ON;")?,
        }
        Ok(Self(connection))
    }

    fn run(&self, sql: &str) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        statement.raw_execute()?;
        Ok(())
    }

    fn in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    pub(super) fn execute(&self, sql: &str, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        // Some statements carry a RETURNING that the caller does not read.
        if statement.column_count() > 0 {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            drop(rows);
            return Ok(self.0.changes());
        }
        Ok(statement.raw_execute()? as u64)
    }

    pub(super) fn rows(&self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        let width = statement.column_count();
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..width).map(|i| cell(row.get_ref(i)?)).collect::<Result<_, StoreError>>()?;
            all.push(Row::new(cells));
        }
        Ok(all)
    }

    pub(super) fn insert_many(
        &self,
        head: &str,
        tail: &str,
        columns: usize,
        args: &[Arg<'_>],
    ) -> Result<Vec<bool>, StoreError> {
        let places = (1..=columns).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let mut statement = self.0.prepare_cached(&format!("{head} ({places}) {tail}"))?;
        let columns = NonZero::new(columns).ok_or(StoreError::Inconsistent("rows without columns"))?;
        args.chunks_exact(columns.get())
            .map(|row| {
                row.iter().enumerate().try_for_each(|(i, arg)| statement.raw_bind_parameter(i + 1, value(*arg)))?;
                Ok(statement.raw_execute()? == 1)
            })
            .collect()
    }
}

/// Binds `$n` by its number: SQLite itself counts named places in the order of their first use.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, args: &[Arg<'_>]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let number: usize = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$')?.parse().ok())
            .ok_or(StoreError::Inconsistent("a statement's place is not $n"))?;
        let arg = args.get(number - 1).ok_or(StoreError::Inconsistent("a statement with too few values"))?;
        statement.raw_bind_parameter(place, value(*arg))?;
    }
    Ok(())
}

fn value(arg: Arg<'_>) -> ToSqlOutput<'_> {
    match arg {
        Arg::Int(Some(n)) => ToSqlOutput::Owned(Value::Integer(n)),
        Arg::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Arg::Bytes(Some(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => ToSqlOutput::Owned(Value::Null),
    }
}

fn cell(value: ValueRef<'_>) -> Result<Cell, StoreError> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Int(n),
        ValueRef::Text(text) => Cell::Text(
            String::from_utf8(text.to_vec()).map_err(|_| StoreError::Inconsistent("text that is not UTF-8"))?,
        ),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(StoreError::Inconsistent("a broken number")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::value::args;
    use super::*;
    use crate::{Store, setting};

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
}
