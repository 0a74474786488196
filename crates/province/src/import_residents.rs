//! Importing residents from CSV or NDJSON: parsed, sealed, committed in batches; goes on where it stopped; twice changes nothing.
//! It does not know progress bars.

use crate::Province;
use crate::benefits::bring;
use crate::clock::MICROS;
use crate::crowds::Sums;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::import_rows::{Format, Granted, Row, Rows};
use crate::index_names::city_of;
use futures_util::future::{MaybeDone, maybe_done};
use rand::Rng;
use rand::rngs::StdRng;
use std::future::poll_fn;
use std::io::{BufRead, Write};
use std::pin::Pin;
use std::task::Poll;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::person::BirthDate;
use yima_keys::sealed::Spot;
use yima_store::account::{self, Account, State};
use yima_store::import_run::{self, ImportRun};
use yima_store::{Tx, benefit};

/// Rows that share a commit. Blind indexes are random, so a batch rewrites about as many pages as it has rows until it has
/// more rows than the index has pages: larger batches write less, and cost memory (about 1.5 kB a row).
const BATCH: usize = 40_000;

/// A file to import.
pub struct Import<'a> {
    /// The file's bytes as UTF-8 or GB18030, from its start.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// SHA-256 of the whole file: how a run is found again.
    pub file_hash: [u8; 32],
    /// How rows are written.
    pub format: Format,
    /// Where rows that were not taken go, as CSV: row, field, reason.
    pub rejects: Box<dyn Write + Send + 'a>,
    /// Proofing given to the rows: 1 when the file is the register.
    pub proofing: u8,
}

/// How far an import came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read, header not counted.
    pub rows: u64,
    /// New residents.
    pub inserted: u64,
    /// Known before.
    pub duplicates: u64,
    /// Not taken.
    pub rejected: u64,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Totals over all runs of this file.
    pub total: Progress,
    /// Rows that an earlier run had done.
    pub resumed_at: u64,
    /// The file had been imported whole before.
    pub already: bool,
}

impl Province {
    /// Imports a file. After a kill, the same call goes on behind the last committed batch.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] when the file has no usable header or can't be read; rows that are wrong are rejected
    /// one by one and do not stop it.
    pub async fn import_residents(
        &self,
        actor: &Actor,
        import: Import<'_>,
        mut tell: impl FnMut(Progress),
    ) -> Result<Imported, DeedError> {
        let Import { reader, file_hash, format, mut rejects, proofing } = import;
        let earlier = self.earlier_run(file_hash).await?;
        if let Some(run) = earlier.as_ref().filter(|r| r.state == import_run::State::Done) {
            return Ok(Imported { total: progress_of(run), resumed_at: 0, already: true });
        }
        let mut total = earlier.as_ref().map(progress_of).unwrap_or_default();
        let resumed_at = total.rows;
        let started_at = earlier.map_or_else(|| self.now_us(), |r| r.started_at);
        let run = Run { actor, file_hash, started_at };
        let mut rows = Rows::open(reader, format)?;
        rows.skip(resumed_at)?;
        let mut rng = self.chance.rng();
        let mut before = None;
        loop {
            let batch = Batch::read(&mut rows, &mut rejects)?;
            let (sealed, twice) = self.sealed_accounts(&batch.rows, proofing, self.now_us(), &mut rng);
            if let Some(commit) = before.take() {
                total = ended(commit).await?;
                tell(total);
            }
            total.rows += batch.seen;
            total.rejected += batch.rejected;
            total.duplicates += twice;
            let done = batch.is_last();
            // The store writes this batch while the next one is read and sealed.
            let commit = started(self.commit(&run, sealed, total, done)).await;
            if done {
                total = ended(commit).await?;
                tell(total);
                self.look_at_crowds().await?;
                return Ok(Imported { total, resumed_at, already: false });
            }
            before = Some(commit);
        }
    }

    async fn earlier_run(&self, file_hash: [u8; 32]) -> Result<Option<ImportRun>, DeedError> {
        self.store.read(move |tx| Box::pin(async move { Ok(import_run::find(tx, &file_hash).await?) })).await
    }

    /// Writes a sealed batch together with how far the file is.
    async fn commit(&self, run: &Run<'_>, sealed: Sealed, total: Progress, done: bool) -> Result<Progress, DeedError> {
        let now_us = self.now_us();
        let (file_hash, started_at) = (run.file_hash, run.started_at);
        self.short(
            Request::of(run.actor.clone(), Deed::ImportResidents),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let inserted = sealed.bring_in(tx, now_us).await?;
                    let mut total = total;
                    total.inserted += inserted;
                    total.duplicates += sealed.accounts.len() as u64 - inserted;
                    let run = ImportRun {
                        file_hash: file_hash.to_vec(),
                        read_bytes: 0,
                        rows_read: signed(total.rows),
                        inserted: signed(total.inserted),
                        duplicates: signed(total.duplicates),
                        rejected: signed(total.rejected),
                        state: if done { import_run::State::Done } else { import_run::State::Running },
                        started_at,
                        updated_at: now_us,
                    };
                    import_run::save(tx, &run).await?;
                    Ok(Done::plain(total).detail(serde_json::json!({ "rows": total.rows, "inserted": inserted })))
                })
            },
        )
        .await
    }

    /// Seals a batch in the order of its indexes (blind index, handle, id alike), so that each index page is touched
    /// once; rows whose ID number stands twice are counted and left out.
    fn sealed_accounts(&self, batch: &[Row], proofing: u8, now_us: i64, rng: &mut StdRng) -> (Sealed, u64) {
        let mut rows: Vec<_> = batch.iter().map(|row| (self.sealer.blind(&row.id_number), row)).collect();
        rows.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        let before = rows.len();
        rows.dedup_by(|a, b| a.0.as_bytes() == b.0.as_bytes());
        let ms = u64::try_from(now_us / 1000).unwrap_or(0);
        let mut ids = ascending(rows.len(), || AccountId::new(ms, random(rng)));
        let mut handles = neighbours(rows.len(), rng);
        let mut accounts = Vec::with_capacity(rows.len());
        let beside = rows.iter().map(|(_, row)| (row.id_number.birth(), row.benefits.clone())).collect();
        for ((blind, row), (id, handle)) in rows.iter().zip(ids.drain(..).zip(handles.drain(..))) {
            let id = id.to_string();
            let spot = |field| Spot { table: "account", field, row: &id };
            accounts.push(Account {
                handle,
                kind: "resident".to_owned(),
                sealed_name: self.sealer.seal(&row.name, spot("name"), rng).into_bytes(),
                sealed_id_number: self.sealer.seal(&row.id_number, spot("id_number"), rng).into_bytes(),
                sealed_phone: row.phone.as_ref().map(|p| self.sealer.seal(p, spot("phone"), rng).into_bytes()),
                blind_id: blind.as_bytes().to_vec(),
                blind_name: Some(self.sealer.blind_name(&row.name, city_of(&row.region))),
                region: row.region.clone(),
                state: State::Active,
                proofing,
                paper_off: false,
                short_off: false,
                created_at: now_us,
                version: 1,
                id,
            });
        }
        (Sealed { accounts, beside }, (before - rows.len()) as u64)
    }
}

/// A sealed batch, and what is counted and given beside the accounts, in the same order.
struct Sealed {
    accounts: Vec<Account>,
    beside: Vec<(BirthDate, Vec<Granted>)>,
}

impl Sealed {
    /// Writes new residents with their benefits, and brings benefits to residents known before; how many are new.
    async fn bring_in(&self, tx: &mut Tx, now_us: i64) -> Result<u64, DeedError> {
        let fresh = account::insert_many(tx, &self.accounts).await?;
        let mut sums = Sums::default();
        for ((account, (birth, granted)), new) in self.accounts.iter().zip(&self.beside).zip(&fresh) {
            if *new {
                sums.born(*birth, account.proofing, 1);
                for one in granted {
                    let row = vouched(&account.id, one, now_us);
                    benefit::put(tx, &row).await?;
                    sums.benefit(&row, account.proofing, 1);
                }
            } else if !granted.is_empty()
                && let Some(known) = account::by_blind_id(tx, &account.blind_id).await?
            {
                for one in granted {
                    bring(tx, &known, &vouched(&known.id, one, now_us)).await?;
                }
            }
        }
        sums.add(tx).await?;
        Ok(fresh.iter().filter(|new| **new).count() as u64)
    }
}

/// A benefit on the word of the register that is imported.
fn vouched(account: &str, granted: &Granted, now_us: i64) -> benefit::Benefit {
    let today = Day::of(u32::try_from(now_us / MICROS).unwrap_or(0));
    // A register that names a day gone by, and no first one, brings what is over already.
    let from = granted.from.unwrap_or(today).min(granted.until);
    benefit::Benefit {
        account: account.to_owned(),
        number: granted.number,
        from_day: from.0,
        until_day: granted.until.0,
        source: "import".to_owned(),
        state: benefit::State::Held,
        given_at: now_us,
        ended_at: None,
    }
}

/// What stays the same through an import.
struct Run<'a> {
    actor: &'a Actor,
    file_hash: [u8; 32],
    started_at: i64,
}

/// Rows that share a commit.
struct Batch {
    rows: Vec<Row>,
    seen: u64,
    rejected: u64,
}

impl Batch {
    /// Reads the next rows; what is not taken is on disk before the batch that counts it can be committed.
    fn read(rows: &mut Rows<'_>, rejects: &mut dyn Write) -> Result<Self, DeedError> {
        let mut batch = Self { rows: Vec::with_capacity(BATCH), seen: 0, rejected: 0 };
        while batch.seen < BATCH as u64 {
            let Some((number, row)) = rows.next()? else { break };
            batch.seen += 1;
            match row {
                Ok(row) => batch.rows.push(row),
                Err(reject) => {
                    batch.rejected += 1;
                    writeln!(rejects, "{number},{},\"{}\"", reject.field, reject.why).map_err(not_written)?;
                }
            }
        }
        rejects.flush().map_err(not_written)?;
        Ok(batch)
    }

    fn is_last(&self) -> bool {
        self.seen < BATCH as u64
    }
}

type Started<F> = Pin<Box<MaybeDone<F>>>;

/// Starts work: what it waits for goes on elsewhere while the caller is busy.
async fn started<F: Future>(work: F) -> Started<F> {
    let mut work = Box::pin(maybe_done(work));
    poll_fn(|cx| {
        let _ = work.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
    work
}

/// Waits for work that was started.
async fn ended<F: Future<Output = Result<Progress, DeedError>>>(mut work: Started<F>) -> Result<Progress, DeedError> {
    work.as_mut().await;
    work.as_mut().take_output().unwrap_or_else(|| Err(DeedError::internal("a batch was awaited twice")))
}

fn ascending<T: Ord>(count: usize, mut make: impl FnMut() -> T) -> Vec<T> {
    let mut made: Vec<T> = (0..count).map(|_| make()).collect();
    made.sort_unstable();
    made
}

/// Different handles that begin with the same random bytes: a batch is then one run in their index and not a row on
/// each of its pages. A handle leaves the program only inside an encrypted block, so its likeness to another shows nothing.
fn neighbours(count: usize, rng: &mut StdRng) -> Vec<[u8; 8]> {
    let prefix = random::<3>(rng);
    let mut made = Vec::with_capacity(count);
    while made.len() < count {
        made.extend((made.len()..count).map(|_| {
            let mut handle = random::<8>(rng);
            handle[..3].copy_from_slice(&prefix);
            handle
        }));
        made.sort_unstable();
        made.dedup();
    }
    made
}

fn random<const N: usize>(rng: &mut StdRng) -> [u8; N] {
    let mut bytes = [0u8; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn progress_of(run: &ImportRun) -> Progress {
    let n = |v: i64| u64::try_from(v).unwrap_or(0);
    Progress {
        rows: n(run.rows_read),
        inserted: n(run.inserted),
        duplicates: n(run.duplicates),
        rejected: n(run.rejected),
    }
}

fn not_written(error: std::io::Error) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("退回清单写不下去：{error}"),
        format!("the rejects file can't be written: {error}"),
    ))
}
