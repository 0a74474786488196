//! The one door to the database: a `deed` changes it in a transaction of its own, a `read` looks at it.
//! It does not know any table; files of nouns, which do, don't see which database they speak to.
//!
//! What a caller may rely on, the same on both databases:
//! - nobody is answered before the COMMIT that holds their deed, refusals included;
//! - an `Err` undoes the whole deed, an `Ok` keeps it (so a refusal that must leave a trace is an `Ok`);
//! - a caller that goes away does not take its deed with it;
//! - after a failed statement a transaction takes no more, and its deed can't end in `Ok`.

mod patience;
mod postgres;
mod sqlite;
pub(crate) mod value;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::StoreError;
use crate::seals::{Seals, SealsCell};
pub use patience::{hurried, unhurried};
use postgres::Postgres;
use sqlite::Sqlite;
use value::{Arg, Row};

/// A database that deeds are written to. Cheap to clone; all clones share one database.
#[derive(Clone)]
pub struct Store {
    driver: Driver,
    seals: SealsCell,
}

#[derive(Clone)]
enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// An open transaction. Only the files of this room can speak SQL through it.
pub struct Tx {
    connection: Connection,
    failed: Option<StoreError>,
    pub(crate) seals: SealsCell,
}

enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(postgres::Connection),
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its tables up to date.
    /// A new SQLite file is made when there is none.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let seals = SealsCell::default();
        let driver = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            Driver::Sqlite(Sqlite::open(Path::new(path), &seals)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Driver::Postgres(Postgres::open(url, &seals).await?)
        } else {
            return Err(StoreError::Unavailable("the store's address is neither sqlite: nor postgres://".into()));
        };
        Ok(Self { driver, seals })
    }

    /// Says who seals the rows that this room seals itself ([`crate::Seals`]); of all clones, once. A store that was told
    /// nobody writes no seals and asks for none: it is for whoever looks at tables alone.
    pub fn seal_by(&self, seals: Arc<dyn Seals>) {
        // Whoever was first stays: a store has one province.
        let _ = self.seals.set(seals);
    }

    /// Runs one deed in one transaction and answers after it is durable.
    ///
    /// Where two deeds stand in each other's way and PostgreSQL undoes one, that one runs anew, three times at most (R29):
    /// so its work is `Clone`, and what it captures is what it was at the first time, random octets included.
    /// On SQLite the deeds that wait together share a COMMIT; when one of them fails, those before it run once more. What is large
    /// goes into the work behind an `Arc`.
    /// The work must await nothing but this room's functions: the transaction is open meanwhile.
    pub async fn deed<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.deed(work).await,
            Driver::Postgres(postgres) => postgres.deed(work).await,
        }
    }

    /// Runs a look at one consistent moment of what is durable; a write inside fails.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.read(work).await,
            Driver::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Runs a look of one statement that finds a row by its key, such as who a caller is. It needs no transaction around
    /// it, which spares PostgreSQL two trips; a second statement would see a later moment. On SQLite it runs as a
    /// [`glance`](Self::glance) does.
    pub async fn read_one<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.glance(false, work).await,
            Driver::Postgres(postgres) => postgres.read_one(work).await,
        }
    }

    /// Runs a look of a few statements that each find a row by its key, at one moment, as [`read`](Self::read) does. On
    /// SQLite it runs on the thread of its caller, for the way to another costs more than the rows (decision 0023):
    /// nothing that may read many rows belongs here.
    pub async fn glance<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.glance(true, work).await,
            Driver::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Copies the whole database, as it stands at one moment, into a new file (SQLite only;
    /// PostgreSQL has `pg_dump`).
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match &self.driver {
            Driver::Sqlite(sqlite) => sqlite.copy_to(file).await,
            Driver::Postgres(_) => Err(StoreError::Unavailable("a PostgreSQL store is copied with pg_dump".into())),
        }
    }

    /// Waits for the deeds under way, then closes. Other clones answer `Unavailable` afterwards.
    pub async fn close(self) {
        match self.driver {
            Driver::Sqlite(sqlite) => sqlite.close().await,
            Driver::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Which database this is, for the operator's page and `doctor`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.driver {
            Driver::Sqlite(_) => "sqlite",
            Driver::Postgres(_) => "postgres",
        }
    }
}

impl Tx {
    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(sql, args),
            Connection::Postgres(connection) => connection.execute(sql, args).await,
        };
        self.note(sql, done)
    }

    /// All rows of an answer. The statement itself bounds how many.
    pub(crate) async fn rows(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.rows(sql, args),
            Connection::Postgres(connection) => connection.rows(sql, args).await,
        };
        self.note(sql, done)
    }

    /// The first row of an answer, if there is one.
    pub(crate) async fn one(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Inserts many rows of `columns` values each with `INSERT … VALUES` as `head` and an
    /// `ON CONFLICT … DO NOTHING` as `tail`; says for each row whether it is new.
    /// The first column must be the TEXT key of the row.
    pub(crate) async fn insert_many(
        &mut self,
        head: &'static str,
        tail: &'static str,
        columns: usize,
        args: &[Arg<'_>],
    ) -> Result<Vec<bool>, StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(connection) => connection.insert_many(head, tail, columns, args),
            Connection::Postgres(connection) => connection.insert_many(head, tail, columns, args).await,
        };
        self.note(head, done)
    }

    /// Says that this deed relies on the standing of a hot row (a scenario, a gate) without
    /// changing it: whoever changes it waits until this deed is durable. SQLite's one writer needs
    /// nothing; PostgreSQL takes a shared advisory lock, as a statement of its own before the read.
    pub(crate) async fn rely_on(&mut self, kind: Hot, key: &str) -> Result<(), StoreError> {
        self.hot_lock(postgres::Lock::Shared, kind, key).await
    }

    /// Says that this deed changes the standing of a hot row; waits for those who rely on it.
    pub(crate) async fn change(&mut self, kind: Hot, key: &str) -> Result<(), StoreError> {
        self.hot_lock(postgres::Lock::Exclusive, kind, key).await
    }

    async fn hot_lock(&mut self, how: postgres::Lock, kind: Hot, key: &str) -> Result<(), StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(connection) => connection.lock(how, kind as i32, key).await,
        };
        self.note(how.sql(), done)
    }

    /// Locks a row that is relied upon, on PostgreSQL alone (`SELECT … FOR SHARE`), as a statement
    /// of its own, so that the read which follows sees what a waiting change left behind.
    pub(crate) async fn share(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        if let Connection::Postgres(_) = self.connection {
            self.rows(sql, args).await?;
        }
        Ok(())
    }

    /// Undoes this deed and lets it begin anew (R29): what it relied upon is no more, by a deed that is durable.
    pub(crate) fn crossed(&mut self) -> StoreError {
        self.failed = Some(StoreError::Crossed);
        StoreError::Crossed
    }

    /// Whether two INSERTs may be one statement (`WITH … INSERT`), which saves PostgreSQL a trip.
    pub(crate) fn joins_inserts(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }

    /// Whether the rows of each token day are a table of their own, in which an account's are found without the day's name.
    pub(crate) fn keeps_days_apart(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }

    /// Sees to it that rows of this token day have where to lie: PostgreSQL keeps a partition a day,
    /// SQLite one table.
    pub(crate) async fn make_day(&mut self, day: u16) -> Result<(), StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(connection) => connection.make_day(day).await,
        };
        self.note("a day's partition", done)
    }

    /// Drops the partitions of the token days before `day`; false on SQLite, which has none.
    pub(crate) async fn drop_days_before(&mut self, day: u16) -> Result<bool, StoreError> {
        self.usable()?;
        let done = match &mut self.connection {
            Connection::Sqlite(_) => Ok(false),
            Connection::Postgres(connection) => connection.drop_days_before(day).await.map(|()| true),
        };
        self.note("the days before one", done)
    }

    fn usable(&self) -> Result<(), StoreError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// A fault is told with its statement, once: whoever reads the log sees what was asked of the database. A statement of
    /// this room holds places and no values.
    fn note<T>(&mut self, sql: &'static str, done: Result<T, StoreError>) -> Result<T, StoreError> {
        let error = match done {
            Ok(done) => return Ok(done),
            Err(error) => error.in_statement(sql),
        };
        match &error {
            StoreError::Conflict | StoreError::Crossed => {}
            StoreError::Busy => tracing::warn!(statement = %short(sql), %error, "a statement waited or ran too long"),
            _ => tracing::error!(statement = %short(sql), %error, "a statement failed; its deed is undone"),
        }
        self.failed = Some(error.clone());
        Err(error)
    }
}

/// A statement in one line, as much as tells it from others.
pub(crate) fn short(sql: &str) -> String {
    const LETTERS: usize = 160;
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The kinds of rows that too many deeds rely on for a row lock.
#[derive(Clone, Copy)]
pub(crate) enum Hot {
    Scenario = 1,
    Gate = 2,
    Client = 3,
    Organisation = 4,
    Enterprise = 8,
    Feed = 7,
    Operator = 9,
    Key = 10,
}
