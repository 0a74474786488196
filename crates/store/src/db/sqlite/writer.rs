//! The thread that owns the only writing connection: it takes the deeds that wait, runs them one after the other inside one
//! BEGIN IMMEDIATE, and answers all of them after one COMMIT. It does not know what a deed does.
//!
//! A flush to disk is shared by whoever came while the last one was under way, and a deed that is
//! alone waits for nobody. A deed that fails takes no other with it: those before it are done again, and for a while each
//! has a savepoint (decision 0047).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::checkpointer::Checkpointer;
use super::closed;
use crate::{StoreError, Tx};

/// Deeds that share a COMMIT; bounds how long the first of them waits for the last.
pub(super) const BATCH_DEEDS_MAX: usize = 256;

/// Commits after a deed that failed in which each has a savepoint: whoever sends deeds that fail makes the others run twice
/// in one of so many.
const COMMITS_APART: u32 = 64;

/// One deed on its way through the writer thread.
pub(super) trait Job: Send {
    /// Does the work; true to keep what it wrote. It is done again when what it wrote is undone for another's sake.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Tells the caller, after the COMMIT or its failure.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
    /// True for the request to end the thread.
    fn stops(&self) -> bool {
        false
    }
}

/// A deed, its outcome until the COMMIT, and who waits for it.
pub(super) struct Deed<T, E, F> {
    pub(super) work: F,
    pub(super) outcome: Option<Result<T, E>>,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Deed<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let work = self.work.clone();
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

/// Ends the thread, after the deeds before it.
pub(super) struct Stop;

impl Job for Stop {
    fn run(&mut self, _: &mut Tx) -> bool {
        true
    }
    fn answer(self: Box<Self>, _: &Result<(), StoreError>) {}
    fn stops(&self) -> bool {
        true
    }
}

/// Writes until the queue is closed, or a `Stop` comes through it.
pub(super) fn write_until_closed(mut tx: Tx, mut jobs: mpsc::Receiver<Box<dyn Job>>, checkpointer: Checkpointer) {
    let mut commits_apart = 0;
    while let Some(first) = jobs.blocking_recv() {
        let mut batch = Batch { deeds: vec![first], apart: commits_apart > 0, failed: false };
        let committed = batch.commit_together(&mut tx, &mut jobs);
        if let Err(error) = &committed {
            tracing::error!(%error, deeds = batch.deeds.len(), "a commit failed; none of its deeds was kept");
        }
        commits_apart = if batch.failed { COMMITS_APART } else { commits_apart.saturating_sub(1) };
        let stop = batch.deeds.iter().any(|job| job.stops());
        batch.deeds.into_iter().for_each(|job| job.answer(&committed));
        if stop {
            break;
        }
        tx.sqlite().committed();
        checkpointer.after_commit(tx.sqlite());
    }
    drop(tx);
    checkpointer.stop();
}

/// Deeds that share a transaction.
struct Batch {
    deeds: Vec<Box<dyn Job>>,
    /// Whether each has a savepoint, for which SQLite keeps a copy of each page that is written. The first of a transaction
    /// needs none: it has none before it to be spared.
    apart: bool,
    /// Whether one of them failed.
    failed: bool,
}

impl Batch {
    /// Runs the waiting deeds in one transaction. `Ok` means that it is on disk; after any `Err`
    /// nothing of it is, so every deed of the batch is told so.
    fn commit_together(&mut self, tx: &mut Tx, jobs: &mut mpsc::Receiver<Box<dyn Job>>) -> Result<(), StoreError> {
        let done = tx.sqlite().run("BEGIN IMMEDIATE").and_then(|()| {
            let mut at = 0;
            while at < self.deeds.len() {
                self.run(tx, at)?;
                at += 1;
                if at < BATCH_DEEDS_MAX
                    && let Ok(job) = jobs.try_recv()
                {
                    self.deeds.push(job);
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

    /// Runs one after those before it; what it wrote is undone when it fails, and nothing else.
    fn run(&mut self, tx: &mut Tx, at: usize) -> Result<(), StoreError> {
        let Some(job) = self.deeds.get_mut(at) else { return Ok(()) };
        if self.apart && at > 0 {
            self.failed |= !kept_behind_savepoint(tx, job.as_mut())?;
            return Ok(());
        }
        if kept(tx, job.as_mut())? {
            return Ok(());
        }
        (self.failed, self.apart) = (true, true);
        tx.sqlite().run("ROLLBACK")?;
        tx.sqlite().run("BEGIN IMMEDIATE")?;
        for before in self.deeds.iter_mut().take(at) {
            kept_behind_savepoint(tx, before.as_mut())?;
        }
        Ok(())
    }
}

/// Runs a deed behind a savepoint; whether what it wrote is kept.
fn kept_behind_savepoint(tx: &mut Tx, job: &mut dyn Job) -> Result<bool, StoreError> {
    tx.sqlite().run("SAVEPOINT deed")?;
    let keep = kept(tx, job)?;
    if !keep {
        tx.sqlite().run("ROLLBACK TO deed")?;
    }
    tx.sqlite().run("RELEASE deed")?;
    Ok(keep)
}

/// Runs a deed; whether what it wrote is to be kept.
fn kept(tx: &mut Tx, job: &mut dyn Job) -> Result<bool, StoreError> {
    tx.failed = None;
    let keep = job.run(tx);
    // SQLite ends the whole transaction by itself after some errors (full disk, IO): then the
    // deeds before this one are gone too, and nothing may be written outside a transaction.
    if !tx.sqlite().in_transaction() {
        return Err(tx
            .failed
            .take()
            .unwrap_or_else(|| StoreError::Unavailable("the transaction ended by itself".into())));
    }
    Ok(keep)
}

/// A deed that met a failed statement can't end well, whatever it made of the error.
pub(super) fn finish<T, E: From<StoreError>>(outcome: Result<T, E>, tx: &Tx) -> Result<T, E> {
    match (&tx.failed, outcome) {
        (Some(error), Ok(_)) => Err(error.clone().into()),
        (_, outcome) => outcome,
    }
}

/// Drives a deed on this thread. Its statements never wait, so the first poll is the last one;
/// whatever else it awaits parks the thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
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
