//! Importing residents from CSV or NDJSON: a section of the file is read, put by in the order of the indexes, sealed and committed
//! in batches; a killed import goes on where it stopped; twice changes nothing. It does not know progress bars.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::import_batch::Sealed;
use crate::import_order::{Hashed, ORDER, Section};
use crate::import_rows::{Format, Row, Rows};
use crate::index_names::city_of;
use crate::sources::{FileKind, Vouched};
use futures_util::future::{MaybeDone, maybe_done};
use rand::Rng;
use std::future::poll_fn;
use std::io::{BufRead, Write};
use std::ops::Add;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Proofing;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::import_run::{self, ImportRun};

/// Rows that share a commit: others wait for it on SQLite, most of a second. It costs about 1.5 kB of memory a row, and a smaller
/// one writes the pages of the ID numbers' index more often. Few in a unit test, so that ends of all kinds are met.
const BATCH: usize = if cfg!(test) { 70 } else { 40_000 };
/// Rows that are put by before the first of them is committed: so many are written in the order of the indexes, and so large
/// the temporary file may become (about 1.5 GB).
const SECTION: u64 = if cfg!(test) { 1_000 } else { 1 << 24 };

/// A file to import.
pub struct Import<'a> {
    /// The file's bytes as UTF-8 or GB18030, from its start.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// SHA-256 of the whole file: how a run is found again.
    pub file_hash: [u8; 32],
    /// Whose register it is; may be empty while no source is registered.
    pub source: String,
    /// Its signature over the file, a detached JWS; needed where the source has a key.
    pub signature: Option<String>,
    /// How rows are written.
    pub format: Format,
    /// Where rows that were not taken go, as CSV: row, field, reason.
    pub rejects: Box<dyn Write + Send + 'a>,
    /// Proofing given to the rows, 1 to 2: 1 when the file is the register. Nobody is imported who is not matched to one, as a
    /// row takes its ID number (rule R2).
    pub proofing: u8,
}

/// How far an import came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read, header not counted. Up to 16 million of them wait in a sealed temporary file until they are written.
    pub read: u64,
    /// Rows that are through: inserted, known before, or not taken.
    pub rows: u64,
    /// New residents.
    pub inserted: u64,
    /// Known before, or further up in the file.
    pub duplicates: u64,
    /// Not taken.
    pub rejected: u64,
}

impl Add for Progress {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            read: self.read + more.read,
            rows: self.rows + more.rows,
            inserted: self.inserted + more.inserted,
            duplicates: self.duplicates + more.duplicates,
            rejected: self.rejected + more.rejected,
        }
    }
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
    /// Imports a file. After a kill, the same call reads again what was not committed, and goes on behind the last batch that was.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] when its source does not stand for it, the file has no usable header or can't be read; rows that are wrong are rejected
    /// one by one and do not stop it. [`DeedError::Conflict`] when the rejects or the temporary file can't be written.
    pub async fn import_residents(
        &self,
        actor: &Actor,
        import: Import<'_>,
        mut tell: impl FnMut(Progress),
    ) -> Result<Imported, DeedError> {
        let Import { reader, file_hash, source, signature, format, mut rejects, proofing } = import;
        if !(Proofing::Matched.number()..=Proofing::Seen.number()).contains(&proofing) {
            return Err(DeedError::invalid(
                "proofing",
                "只能导入与登记核对过的人：写 1，窗口当面核过的写 2",
                "only people that a register identifies are imported: say 1, or 2 where a counter saw them",
            ));
        }
        let earlier = self.earlier_run(file_hash).await?;
        let whole = earlier.as_ref().map(progress_of).unwrap_or_default();
        if earlier.as_ref().is_some_and(|run| run.state == import_run::State::Done) {
            return Ok(Imported { total: whole, resumed_at: 0, already: true });
        }
        let vouched = self.vouched(FileKind::Residents, &source, &file_hash, signature.as_deref()).await?;
        let started_at = earlier.map_or_else(|| self.now_us(), |run| run.started_at);
        let mut mark = Mark { actor, vouched: &vouched, file_hash, started_at, whole, here: Progress::default() };
        let mut rows = Rows::open(reader, format)?;
        rows.skip(whole.rows)?;
        let mut resumed_at = None;
        loop {
            mark.here = self.earlier_run(mark.section_hash()).await?.as_ref().map(progress_of).unwrap_or_default();
            let resumed_at = *resumed_at.get_or_insert(mark.total().rows);
            let (section, last) = self.put_by(&mut rows, &mut rejects, &mut mark, &mut tell).await?;
            self.write_in_order(section, proofing, &mut mark, last, &mut tell).await?;
            if last {
                self.look_at_crowds().await?;
                return Ok(Imported { total: mark.whole, resumed_at, already: false });
            }
        }
    }

    async fn earlier_run(&self, hash: [u8; 32]) -> Result<Option<ImportRun>, DeedError> {
        self.store.read(move |tx| Box::pin(async move { Ok(import_run::find(tx, &hash).await?) })).await
    }

    /// Reads a section and puts by what can be taken; whether the file ends with it.
    async fn put_by(
        &self,
        rows: &mut Rows<'_>,
        rejects: &mut (dyn Write + Send),
        mark: &mut Mark<'_>,
        tell: &mut impl FnMut(Progress),
    ) -> Result<(Section, bool), DeedError> {
        let mut rng = self.chance.rng();
        let mut section = Section::new(&self.dir, self.sealer.passing_key(&mut rng), rng.next_u64());
        let (mut read, mut rejected) = (0, 0);
        while read < SECTION {
            let Some((number, row)) = rows.next()? else {
                self.note_rejects(rejects, mark, read, rejected).await?;
                tell(mark.total());
                return Ok((section, true));
            };
            read += 1;
            match row {
                Ok(row) => section.put(&self.hashed(row))?,
                Err(reject) => {
                    rejected += 1;
                    // Those before the mark were told by an earlier run.
                    if rejected > mark.here.rejected {
                        writeln!(rejects, "{number},{},\"{}\"", reject.field, reject.why).map_err(not_written)?;
                    }
                }
            }
            if read % BATCH as u64 == 0 || read == SECTION {
                self.note_rejects(rejects, mark, read, rejected).await?;
                tell(mark.total());
            }
        }
        Ok((section, false))
    }

    fn hashed(&self, row: Row) -> Hashed {
        let blind_id = *self.sealer.blind(&row.id_number).as_bytes();
        let blind_name = self.sealer.blind_name(&row.name, city_of(&row.region));
        Hashed { row, blind_id, blind_name }
    }

    /// Marks what is not taken, once it is on disk, so that a run that goes on doesn't tell it again.
    async fn note_rejects(
        &self,
        rejects: &mut (dyn Write + Send),
        mark: &mut Mark<'_>,
        read: u64,
        rejected: u64,
    ) -> Result<(), DeedError> {
        mark.here.read = read.max(mark.here.rows);
        if rejected > mark.here.rejected {
            rejects.flush().map_err(not_written)?;
            mark.here.rows += rejected - mark.here.rejected;
            mark.here.rejected = rejected;
            self.commit(*mark, Sealed::default(), Ends::Nothing).await?;
        }
        Ok(())
    }

    /// Seals and commits a section batch by batch, behind what an earlier run committed of it.
    async fn write_in_order(
        &self,
        mut section: Section,
        proofing: u8,
        mark: &mut Mark<'_>,
        last: bool,
        tell: &mut impl FnMut(Progress),
    ) -> Result<(), DeedError> {
        section.skip(mark.here.rows - mark.here.rejected)?;
        let mut rng = self.chance.rng();
        let mut before = None;
        loop {
            let portion = section.next(BATCH)?;
            let sealed = self.sealed_accounts(portion.rows, proofing, self.now_us(), &mut rng);
            let ends = match (section.more()?, last) {
                (true, _) => Ends::Nothing,
                (false, false) => Ends::Section,
                (false, true) => Ends::File,
            };
            if let Some(commit) = before.take() {
                mark.here = ended(commit).await?;
                tell(mark.total());
            }
            mark.here.rows += portion.twice;
            mark.here.duplicates += portion.twice;
            // The store writes this batch while the next one is read and sealed.
            let commit = started(self.commit(*mark, sealed, ends)).await;
            if ends != Ends::Nothing {
                mark.here = ended(commit).await?;
                mark.whole = mark.total();
                mark.here = Progress::default();
                tell(mark.whole);
                return Ok(());
            }
            before = Some(commit);
        }
    }

    /// Writes a sealed batch together with how far the section is, or the file with the section's end; the section's progress.
    async fn commit(&self, mark: Mark<'_>, sealed: Sealed, ends: Ends) -> Result<Progress, DeedError> {
        let now_us = self.now_us();
        let (file, section) = (mark.file_hash, mark.section_hash());
        let Mark { started_at, whole, mut here, .. } = mark;
        // Each try of the deed has the same rows; none has a copy of its own.
        let (vouched, sealed) = (mark.vouched.clone(), Arc::new(sealed));
        self.short(
            Request::of(mark.actor.clone(), Deed::ImportResidents),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    vouched.holds(tx).await?;
                    let inserted = sealed.bring_in(tx, now_us).await?;
                    here.rows += sealed.rows();
                    here.inserted += inserted;
                    here.duplicates += sealed.rows() - inserted;
                    let run = |hash: [u8; 32], progress: Progress, state| ImportRun {
                        file_hash: hash.to_vec(),
                        read_bytes: 0,
                        rows_read: signed(progress.rows),
                        inserted: signed(progress.inserted),
                        duplicates: signed(progress.duplicates),
                        rejected: signed(progress.rejected),
                        state,
                        started_at,
                        updated_at: now_us,
                    };
                    let state = match ends {
                        Ends::File => import_run::State::Done,
                        Ends::Nothing | Ends::Section => import_run::State::Running,
                    };
                    if ends == Ends::Nothing {
                        import_run::save(tx, &run(section, here, state)).await?;
                    } else {
                        import_run::save(tx, &run(file, whole + here, state)).await?;
                        import_run::forget(tx, &section).await?;
                    }
                    let rows = whole.rows + here.rows;
                    let detail = serde_json::json!({ "rows": rows, "inserted": inserted });
                    Ok(Done::plain(here).detail(vouched.beside(detail)))
                })
            },
        )
        .await
    }
}

/// What a batch is the last of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Nothing,
    Section,
    File,
}

/// How far an import is.
#[derive(Clone, Copy)]
struct Mark<'a> {
    actor: &'a Actor,
    vouched: &'a Vouched,
    file_hash: [u8; 32],
    started_at: i64,
    /// The sections that are through, one after the other in the file.
    whole: Progress,
    /// The section behind them: its rows that were not taken, and so many of the others in their order.
    here: Progress,
}

impl Mark<'_> {
    fn total(&self) -> Progress {
        self.whole + self.here
    }

    /// How the run of the section is found again: not by a program that has another order.
    fn section_hash(&self) -> [u8; 32] {
        yima_keys::sha256(&[ORDER, &self.file_hash, &self.whole.rows.to_be_bytes()])
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

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn progress_of(run: &ImportRun) -> Progress {
    let n = |v: i64| u64::try_from(v).unwrap_or(0);
    Progress {
        read: n(run.rows_read),
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
