//! One SQLite connection: how it is set up, and how values get in and out.
//! It does not know transactions or tables.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZero;
use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::StoreError;
use crate::db::value::{Arg, Cell, Row};

/// Rows of one statement from which on a deed is one of many that write thousands, such as an import's.
const MANY_ROWS: usize = 1_000;
/// Commits without such a deed after which the writer gives the memory for them back.
const COMMITS_WIDE: u32 = 256;
/// The writer's pages in memory: 16 MB, and 64 MB while thousands of rows are written, which then holds the part of an index
/// that they fall into (decision 0013).
const NARROW: &str = "PRAGMA cache_size = -16000";
const WIDE: &str = "PRAGMA cache_size = -64000";

/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 128;

/// What a connection is for.
pub(super) enum Role {
    /// The only one that writes rows.
    Writer,
    /// Folds the log into the file.
    Checkpointer,
    /// Looks.
    Reader,
}

/// A connection of this driver.
pub(in crate::db) struct Connection {
    pub(super) inner: rusqlite::Connection,
    /// For how many commits more its cache is wide.
    wide: std::cell::Cell<u32>,
    places: RefCell<Places>,
}

/// Which value stands at each place of a statement, by the address and length of its text.
type Places = HashMap<(usize, usize), Box<[usize]>>;

impl Connection {
    pub(super) fn open(path: &Path, role: Role) -> Result<Self, StoreError> {
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
            // Another thread folds the log into the file. What a deed overwrites is kept
            // until it ends: beyond 64 KB in a file without a name, so that a batch of an import doesn't fill the memory.
            Role::Writer => connection.execute_batch(
                "PRAGMA cache_size = -16000; PRAGMA temp_store = FILE; PRAGMA wal_autocheckpoint = 0;
                 PRAGMA journal_size_limit = 67108864;",
            )?,
            Role::Checkpointer => connection.execute_batch("PRAGMA wal_autocheckpoint = 0;")?,
            Role::Reader => connection.execute_batch("PRAGMA cache_size = -2000; PRAGMA query_only = ON;")?,
        }
        Ok(Self { inner: connection, wide: std::cell::Cell::new(0), places: RefCell::default() })
    }

    /// Called by the writer after a commit.
    pub(super) fn committed(&self) {
        match self.wide.get() {
            0 => {}
            1 => self.resize(NARROW, 0),
            left => self.wide.set(left - 1),
        }
    }

    fn resize(&self, pragma: &str, commits: u32) {
        self.wide.set(commits);
        if let Err(error) = self.inner.execute_batch(pragma) {
            tracing::warn!(%error, "the database's cache keeps its size");
        }
    }

    pub(super) fn run(&self, sql: &str) -> Result<(), StoreError> {
        let mut statement = self.inner.prepare_cached(sql)?;
        statement.raw_execute()?;
        Ok(())
    }

    pub(super) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    pub(in crate::db) fn execute(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.inner.prepare_cached(sql)?;
        self.bind(&mut statement, sql, args)?;
        // Some statements carry a RETURNING that the caller does not read.
        if statement.column_count() > 0 {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            drop(rows);
            return Ok(self.inner.changes());
        }
        Ok(statement.raw_execute()? as u64)
    }

    pub(in crate::db) fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.inner.prepare_cached(sql)?;
        self.bind(&mut statement, sql, args)?;
        let width = statement.column_count();
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let mut cells = Vec::with_capacity(width);
            for i in 0..width {
                cells.push(cell(row.get_ref(i)?)?);
            }
            all.push(Row::new(cells));
        }
        Ok(all)
    }

    /// Binds `$n` by its number. The text of a statement lives as long as the program, so its address stands for it.
    fn bind(
        &self,
        statement: &mut rusqlite::CachedStatement<'_>,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> Result<(), StoreError> {
        let mut known = self.places.borrow_mut();
        let places = match known.entry((sql.as_ptr().addr(), sql.len())) {
            Entry::Occupied(places) => places.into_mut(),
            Entry::Vacant(new) => new.insert(places(statement)?),
        };
        for (place, value_at) in (1..).zip(places.iter()) {
            let arg = args.get(*value_at).ok_or(StoreError::Inconsistent("a statement with too few values"))?;
            statement.raw_bind_parameter(place, value(*arg))?;
        }
        Ok(())
    }

    pub(in crate::db) fn insert_many(
        &self,
        head: &str,
        tail: &str,
        columns: usize,
        args: &[Arg<'_>],
    ) -> Result<Vec<bool>, StoreError> {
        if args.len() >= MANY_ROWS * columns {
            match self.wide.get() {
                0 => self.resize(WIDE, COMMITS_WIDE),
                _ => self.wide.set(COMMITS_WIDE),
            }
        }
        let places = (1..=columns).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let mut statement = self.inner.prepare_cached(&format!("{head} ({places}) {tail}"))?;
        let columns = NonZero::new(columns).ok_or(StoreError::Inconsistent("rows without columns"))?;
        args.chunks_exact(columns.get())
            .map(|row| {
                row.iter().enumerate().try_for_each(|(i, arg)| statement.raw_bind_parameter(i + 1, value(*arg)))?;
                Ok(statement.raw_execute()? == 1)
            })
            .collect()
    }
}

/// The value of each place, from 0: SQLite itself counts named places in the order of their first use.
fn places(statement: &rusqlite::CachedStatement<'_>) -> Result<Box<[usize]>, StoreError> {
    (1..=statement.parameter_count())
        .map(|place| {
            let number: usize =
                statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse().ok())?;
            number.checked_sub(1)
        })
        .collect::<Option<_>>()
        .ok_or(StoreError::Inconsistent("a statement's place is not $n"))
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
