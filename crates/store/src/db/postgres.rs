//! PostgreSQL: one deed, one transaction, from a bounded pool. It does not know any table.
//!
//! READ COMMITTED, and a lock on what a deed relied upon (`Tx::share`, `Tx::rely_on`), rather than
//! SERIALIZABLE: the statistics row of a busy gate is written by every check, which SERIALIZABLE
//! would answer with endless retries. A deed that was undone because another stood in its way runs anew a few times.

use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Column, Row as _, TypeInfo, ValueRef};

use super::patience::{Limits, is_hurried};
use super::value::{Arg, Cell, Row};
use super::{Connection as AnyConnection, Tx};
use crate::seals::SealsCell;
use crate::{StoreError, schema};

/// Transactions at once; PostgreSQL itself allows 100 by default, to all its clients together.
const CONNECTIONS_MAX: u32 = 16;
/// A deed that the database undid because another stood in its way is tried again so often (R29).
const AGAIN: u32 = 3;
/// How long a deed waits for a connection before it is `Busy`.
const ACQUIRE_MAX: Duration = Duration::from_secs(5);
/// The protocol counts a statement's values in 16 bits.
const VALUES_MAX: usize = 65_535;

/// A DROP waits no longer: whatever comes behind it waits with it, and a copy of the database may hold a day for hours.
const DROP_PATIENCE: &str = "SET LOCAL lock_timeout = '300ms'";

/// Begins a deed.
const DEED: &str = "BEGIN";
/// Begins a look: one moment, and no writing.
const LOOK: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

#[derive(Clone)]
pub(super) struct Postgres {
    pool: PgPool,
    days: Days,
    long_ms: u32,
    seals: SealsCell,
}

/// Token days whose partitions are known to stand, so that they are asked for once a day and not once a burn.
type Days = Arc<Mutex<BTreeSet<u16>>>;

impl Postgres {
    pub(super) async fn open(url: &str, seals: &SealsCell) -> Result<Self, StoreError> {
        let (url, limits) = Limits::of(url)?;
        // A connection has the short limit, so that ordinary deeds need not ask for it; a long deed asks with its BEGIN.
        let statement_ms = limits.ordinary_ms.to_string();
        let options = PgConnectOptions::from_str(&url)?
            .application_name("yima")
            .statement_cache_capacity(256)
            .options([("lock_timeout", "3000"), ("statement_timeout", &statement_ms), ("synchronous_commit", "on")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(ACQUIRE_MAX)
            .connect_with(options)
            .await?;
        schema::bring_up_postgres(&pool).await?;
        Ok(Self { pool, days: Days::default(), long_ms: limits.long_ms, seals: SealsCell::clone(seals) })
    }

    pub(super) async fn deed<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        for _ in 0..AGAIN {
            let (outcome, crossed) = self.transaction(Some(DEED), work.clone()).await;
            if !crossed {
                return outcome;
            }
        }
        self.transaction(Some(DEED), work).await.0
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.transaction(Some(LOOK), work).await.0
    }

    /// One statement is a transaction by itself.
    pub(super) async fn read_one<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.transaction(None, work).await.0
    }

    pub(super) async fn close(self) {
        self.pool.close().await;
    }

    /// In a task of its own, so that a caller who goes away does not end it half-way. Says beside the outcome whether the
    /// database undid it because another stood in its way: nothing of it was kept then.
    async fn transaction<T, E, F>(&self, begin: Option<&'static str>, work: F) -> (Result<T, E>, bool)
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let Self { pool, days, long_ms, seals } = self.clone();
        let long_ms = (begin.is_some() && !is_hurried()).then_some(long_ms);
        let crossed = |error: &StoreError| *error == StoreError::Crossed;
        tokio::spawn(async move {
            let wire = match pool.acquire().await {
                Ok(wire) => wire,
                Err(error) => return (Err(StoreError::from(error).into()), false),
            };
            let connection = Connection { wire, days, made: Vec::new(), begin, long_ms, open: false };
            let mut open = Open(Some(Tx { connection: AnyConnection::Postgres(connection), failed: None, seals }));
            let tx = open.tx();
            let outcome = work(tx).await;
            let failed = tx.failed.clone();
            let outcome = match (outcome, &failed) {
                (Ok(_), Some(error)) => Err(error.clone().into()),
                (outcome, _) => outcome,
            };
            let end = tx.end(outcome.is_ok()).await;
            match (outcome, end) {
                (Ok(done), Ok(())) => {
                    open.settle();
                    (Ok(done), false)
                }
                (Ok(_), Err(error)) => {
                    let again = crossed(&error);
                    (Err(error.into()), again)
                }
                (Err(error), end) => {
                    if end.is_ok() {
                        open.settle();
                    }
                    (Err(error), failed.as_ref().is_some_and(crossed))
                }
            }
        })
        .await
        .unwrap_or_else(|error| (Err(StoreError::Unavailable(error.to_string()).into()), false))
    }
}

/// A transaction under way. One that ends neither way (a panic, a broken connection) takes its
/// connection out of the pool, so that PostgreSQL rolls it back.
struct Open(Option<Tx>);

impl Open {
    fn tx(&mut self) -> &mut Tx {
        self.0.as_mut().expect("taken by `settle` alone, which is last")
    }

    fn settle(&mut self) {
        self.0 = None;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(Tx { connection: AnyConnection::Postgres(connection), .. }) = self.0.take() {
            drop(connection.wire.detach());
        }
    }
}

impl Tx {
    async fn end(&mut self, keep: bool) -> Result<(), StoreError> {
        match &mut self.connection {
            AnyConnection::Postgres(connection) => connection.end(keep).await,
            AnyConnection::Sqlite(_) => Ok(()),
        }
    }
}

pub(super) struct Connection {
    wire: PoolConnection<sqlx::Postgres>,
    days: Days,
    /// Days whose partitions this transaction made or found; known to others once it is kept.
    made: Vec<u16>,
    /// What begins the transaction, until the first statement has sent it.
    begin: Option<&'static str>,
    /// How long its statements may take, milliseconds, where that is not the connection's own limit.
    long_ms: Option<u32>,
    /// A transaction was begun and is not ended.
    open: bool,
}

impl Connection {
    async fn begun(&mut self) -> Result<(), StoreError> {
        if let Some(begin) = self.begin.take() {
            self.open = true;
            match self.long_ms {
                None => sqlx::query(begin).execute(&mut *self.wire).await?,
                // A number of our own, on the same trip.
                Some(ms) => {
                    let both = format!("{begin}; SET LOCAL statement_timeout = {ms}");
                    sqlx::raw_sql(AssertSqlSafe(both)).execute(&mut *self.wire).await?
                }
            };
        }
        Ok(())
    }

    async fn end(&mut self, keep: bool) -> Result<(), StoreError> {
        if self.open {
            sqlx::query(if keep { "COMMIT" } else { "ROLLBACK" }).execute(&mut *self.wire).await?;
            self.open = false;
        }
        if keep && !self.made.is_empty() {
            self.days.lock().unwrap_or_else(PoisonError::into_inner).extend(self.made.drain(..));
        }
        Ok(())
    }

    pub(super) async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        self.begun().await?;
        let done = bound(sqlx::query(sql), args).execute(&mut *self.wire).await?;
        Ok(done.rows_affected())
    }

    pub(super) async fn rows(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        self.begun().await?;
        let rows = bound(sqlx::query(sql), args).fetch_all(&mut *self.wire).await?;
        rows.iter().map(row).collect()
    }

    /// Takes an advisory lock, with BEGIN on the same trip when it is the first statement.
    pub(super) async fn lock(&mut self, how: Lock, kind: i32, key: &str) -> Result<(), StoreError> {
        let key = lock_number(key);
        if self.long_ms.is_some() {
            self.begun().await?;
        }
        let Some(begin) = self.begin.take() else {
            sqlx::query(how.sql()).bind(kind).bind(key).execute(&mut *self.wire).await?;
            return Ok(());
        };
        self.open = true;
        // Two numbers of our own: nothing that came from outside is written into a statement.
        let both = format!("{begin}; SELECT {}({kind}, {key})", how.function());
        sqlx::raw_sql(AssertSqlSafe(both)).execute(&mut *self.wire).await?;
        Ok(())
    }

    pub(super) async fn make_day(&mut self, day: u16) -> Result<(), StoreError> {
        if self.days.lock().unwrap_or_else(PoisonError::into_inner).contains(&day) || self.made.contains(&day) {
            return Ok(());
        }
        self.execute("SELECT day_made($1)", &[Arg::from(day)]).await?;
        self.made.push(day);
        Ok(())
    }

    pub(super) async fn drop_days_before(&mut self, day: u16) -> Result<(), StoreError> {
        self.execute(DROP_PATIENCE, &[]).await?;
        self.execute("SELECT days_dropped($1)", &[Arg::from(day)]).await?;
        self.days.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known >= day);
        self.made.retain(|made| *made >= day);
        Ok(())
    }

    pub(super) async fn insert_many(
        &mut self,
        head: &'static str,
        tail: &'static str,
        columns: usize,
        args: &[Arg<'_>],
    ) -> Result<Vec<bool>, StoreError> {
        self.begun().await?;
        let key = head.split(['(', ',']).nth(1).map(str::trim).unwrap_or("id");
        let mut new = HashSet::new();
        let mut repeated = Vec::with_capacity(args.len() / columns);
        for chunk in args.chunks(VALUES_MAX / columns * columns) {
            let sql = format!("{head} {} {tail} RETURNING {key}", places(chunk.len() / columns, columns));
            let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
            for row in bound(query, chunk).fetch_all(&mut *self.wire).await? {
                new.insert(row.try_get::<String, _>(0)?);
            }
            repeated.extend(chunk.chunks_exact(columns).map(|row| match row.first() {
                Some(Arg::Text(Some(id))) => new.remove(*id),
                _ => false,
            }));
        }
        Ok(repeated)
    }
}

/// How an advisory lock is taken; it ends with the transaction.
#[derive(Clone, Copy)]
pub(super) enum Lock {
    /// Beside others who share it.
    Shared,
    /// Alone.
    Exclusive,
}

impl Lock {
    const fn function(self) -> &'static str {
        match self {
            Self::Shared => "pg_advisory_xact_lock_shared",
            Self::Exclusive => "pg_advisory_xact_lock",
        }
    }

    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Shared => "SELECT pg_advisory_xact_lock_shared($1, $2)",
            Self::Exclusive => "SELECT pg_advisory_xact_lock($1, $2)",
        }
    }
}

/// `($1,$2),($3,$4)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let places = (1..=columns).map(|c| format!("${}", r * columns + c)).collect::<Vec<_>>();
        format!("({})", places.join(","))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(",")
}

/// FNV-1a: two keys that share a number only wait for each other needlessly.
fn lock_number(key: &str) -> i32 {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.cast_signed()
}

fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    args: &[Arg<'_>],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    args.iter().fold(query, |query, arg| match *arg {
        Arg::Int(n) => query.bind(n),
        Arg::Text(text) => query.bind(text.map(str::to_owned)),
        Arg::Bytes(bytes) => query.bind(bytes.map(<[u8]>::to_vec)),
    })
}

fn row(row: &PgRow) -> Result<Row, StoreError> {
    let cells = row.columns().iter().enumerate().map(|(i, column)| cell(row, i, column.type_info().name()));
    Ok(Row::new(cells.collect::<Result<_, _>>()?))
}

fn cell(row: &PgRow, at: usize, kind: &str) -> Result<Cell, StoreError> {
    if row.try_get_raw(at)?.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match kind {
        "INT8" => Cell::Int(row.try_get(at)?),
        "INT4" => Cell::Int(i64::from(row.try_get::<i32, _>(at)?)),
        "BOOL" => Cell::Int(i64::from(row.try_get::<bool, _>(at)?)),
        "TEXT" | "VARCHAR" => Cell::Text(row.try_get(at)?),
        "BYTEA" => Cell::Bytes(row.try_get(at)?),
        "VOID" => Cell::Null,
        _ => return Err(StoreError::Inconsistent("a column of a type that both databases don't share")),
    })
}
