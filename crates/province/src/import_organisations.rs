//! Importing organisations: a dry run proposes, somebody else approves, then the same file is run in committed batches that go on
//! where they stopped; an import is undone as one. It only adds: what is known stays as it is, and differences are told.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::import_rows::Format;
use crate::organisation_rows::OrganisationRows;
use crate::organisations::{NewOrganisation, rewritten, sealed_again, sealed_right, stands};
use crate::residents::evidence;
use crate::row_seal::RowSealer;
use std::collections::HashSet;
use std::io::{BufRead, Write};
use yima_kernel::access::{Facts, Request};
use yima_kernel::credit_code::CreditCode;
use yima_kernel::deed::Deed;
use yima_kernel::id::{OperatorId, UseId};
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::organisation::{self, Batch, BatchKind, BatchState, DEPTH_MAX, Organisation, State};

/// Rows that share a commit.
const BATCH: usize = 1_000;

/// A file of organisations.
pub struct OrganisationFile<'a> {
    /// The file, UTF-8, from its start.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// SHA-256 of the whole file: how its import is found again.
    pub file_hash: [u8; 32],
    /// How rows are written.
    pub format: Format,
    /// Whose register it is.
    pub source: String,
    /// Where rows that were not taken go, as CSV: row, field, reason.
    pub rejects: Box<dyn Write + Send + 'a>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrganisationCounts {
    /// Rows read.
    pub rows: u64,
    /// New ones.
    pub new: u64,
    /// Known by their credit code.
    pub known: u64,
    /// Of those, with another name than in the file; they stay as they are.
    pub differs: u64,
    /// Not taken.
    pub rejected: u64,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationImport {
    /// `use_…`
    pub id: String,
    /// `organisations` or `posts`.
    pub kind: &'static str,
    /// `proposed`, `running`, `done` or `undone`.
    pub state: &'static str,
    /// Whose register it is.
    pub source: String,
    /// What was counted: by the dry run, or by this run.
    pub counts: OrganisationCounts,
    /// Rows that are through.
    pub rows_read: u64,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
}

impl Province {
    /// Proposes a file that is new, runs one that was approved, and says how far any other is.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a file without a usable header; [`DeedError::Conflict`] for one that was undone.
    pub async fn import_organisations(
        &self,
        actor: &Actor,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        match self.batch_before(file.file_hash, BatchKind::Organisations).await? {
            None => self.propose_organisations(actor, file).await,
            Some(batch) if batch.state == BatchState::Running => self.run_organisations(actor, batch, file).await,
            Some(batch) => told(batch),
        }
    }

    /// The import of a file that was brought before, by the hash of the file.
    pub(crate) async fn batch_before(&self, hash: [u8; 32], kind: BatchKind) -> Result<Option<Batch>, DeedError> {
        let before = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(organisation::batch_of(tx, &hash).await?) }))
            .await?;
        match before {
            Some(batch) if batch.kind != kind => Err(DeedError::Conflict(Text::new(
                "这个文件已经作为另一种导入提出过",
                "that file was proposed as an import of another kind",
            ))),
            Some(batch) if batch.state == BatchState::Undone => Err(DeedError::Conflict(Text::new(
                "这个文件的导入已经撤销；要再导入，请用改过的文件",
                "the import of that file was undone; import a changed file",
            ))),
            before => Ok(before),
        }
    }

    async fn propose_organisations(
        &self,
        actor: &Actor,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let source = evidence("source", &file.source)?;
        let OrganisationFile { reader, file_hash, format, mut rejects, .. } = file;
        let mut rows = OrganisationRows::open(reader, format, &source)?;
        let mut counts = OrganisationCounts::default();
        let mut seen = HashSet::new();
        loop {
            let part = Part::read(&mut rows, &mut counts, &mut rejects)?;
            for (number, new) in part.rows {
                let code = new.credit_code.clone();
                if code.as_ref().is_some_and(|code| !seen.insert(code.clone())) {
                    counts.known += 1;
                    continue;
                }
                let parent = new.parent.clone();
                let (known, has_parent) = self.looked_up(code, parent.clone()).await?;
                if !has_parent && !parent.as_ref().is_some_and(|parent| seen.contains(parent)) {
                    reject(&mut rejects, number, "parent", "names no organisation that comes before it")?;
                    counts.rejected += 1;
                    continue;
                }
                match known {
                    None => counts.new += 1,
                    Some(name) => {
                        counts.known += 1;
                        counts.differs += u64::from(name != new.name);
                    }
                }
            }
            if part.last {
                break;
            }
        }
        self.propose_batch(actor, BatchKind::Organisations, file_hash, source, counts).await
    }

    /// Writes down what a dry run counted; another person approves it.
    pub(crate) async fn propose_batch(
        &self,
        actor: &Actor,
        kind: BatchKind,
        file_hash: [u8; 32],
        source: String,
        counts: OrganisationCounts,
    ) -> Result<OrganisationImport, DeedError> {
        let batch = Batch {
            id: UseId::new(self.now_ms(), self.chance.bytes()).to_string(),
            kind,
            file_hash: file_hash.to_vec(),
            source,
            counts: serde_json::to_string(&counts).map_err(DeedError::internal)?,
            rows_read: 0,
            state: BatchState::Proposed,
            proposed_by: actor.id().to_owned(),
            approved_by: None,
            created_at: self.now_us(),
            updated_at: self.now_us(),
        };
        self.short(
            Request::of(actor.clone(), Deed::ImportOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::propose(tx, &batch).await?;
                    let detail =
                        serde_json::json!({ "counts": counts, "import": batch.id, "kind": batch.kind.as_str() });
                    Ok(Done::plain(told(batch)?).detail(detail))
                })
            },
        )
        .await
    }

    /// The name under a credit code, and whether the parent that a row names is there.
    async fn looked_up(
        &self,
        code: Option<String>,
        parent: Option<String>,
    ) -> Result<(Option<String>, bool), DeedError> {
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let known = match &code {
                        Some(code) => organisation::by_credit_code(tx, code).await?.map(|found| found.name),
                        None => None,
                    };
                    let has_parent = match &parent {
                        Some(parent) => parent_of(tx, parent).await?.is_some(),
                        None => true,
                    };
                    Ok((known, has_parent))
                })
            })
            .await
    }

    async fn run_organisations(
        &self,
        actor: &Actor,
        batch: Batch,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, format, mut rejects, .. } = file;
        let mut rows = OrganisationRows::open(reader, format, &batch.source)?;
        let mut counts = OrganisationCounts::default();
        let done_before = u64::try_from(batch.rows_read).unwrap_or(0);
        while counts.rows < done_before && rows.next()?.is_some() {
            counts.rows += 1;
        }
        loop {
            let from = counts.rows;
            let part = Part::read(&mut rows, &mut counts, &mut rejects)?;
            let last = part.last;
            let ready: Vec<_> =
                part.rows.into_iter().map(|(n, new)| (n, self.organisation_row(new, Some(&batch.id)))).collect();
            let (added, known, orphans) = self.commit_part(actor, &batch.id, (from, counts.rows), last, ready).await?;
            counts.new += added;
            counts.known += known;
            for number in orphans {
                reject(&mut rejects, number, "parent", "names no organisation that may act")?;
                counts.rejected += 1;
            }
            if last {
                let rows_read = i64::try_from(counts.rows).unwrap_or(i64::MAX);
                let counted = serde_json::to_string(&counts).map_err(DeedError::internal)?;
                return told(Batch { state: BatchState::Done, rows_read, counts: counted, ..batch });
            }
        }
    }

    /// Writes a part together with how far the file is: how many are new, how many known, and which have no parent.
    async fn commit_part(
        &self,
        actor: &Actor,
        batch: &str,
        (from, to): (u64, u64),
        last: bool,
        rows: Vec<(u64, Organisation)>,
    ) -> Result<(u64, u64, Vec<u64>), DeedError> {
        let (batch, seals) = (batch.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::ImportOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    organisation::rely_on_tree(tx).await?;
                    let (from, to) = (signed(from), signed(to));
                    if !organisation::batch_at(tx, &batch, from, to, last, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "另一个进程正在导入同一个文件，或已撤销",
                            "another process imports that file, or it was undone",
                        )));
                    }
                    let (mut added, mut known, mut orphans) = (0, 0, Vec::new());
                    for (number, row) in rows {
                        match place(tx, &seals, row).await? {
                            Placed::New => added += 1,
                            Placed::Known => known += 1,
                            Placed::Orphan => orphans.push(number),
                        }
                    }
                    let detail = serde_json::json!({ "import": batch, "rows": to, "new": added });
                    Ok(Done::plain((added, known, orphans)).detail(detail))
                })
            },
        )
        .await
    }

    /// All imports, newest first, at most 100.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn organisation_imports(&self, actor: &Actor) -> Result<Vec<OrganisationImport>, DeedError> {
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), |tx| {
                Box::pin(async move { Ok(organisation::batches(tx).await?) })
            })
            .await?;
        rows.into_iter().map(told).collect()
    }

    /// Approves an import that somebody else proposed; the file can be run then.
    ///
    /// # Errors
    /// Refused as the same person for one's own; [`DeedError::Conflict`] when it is not proposed any more.
    pub async fn approve_organisations(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let (id, by) = (id.to_owned(), actor.id().to_owned());
        self.short(
            Request::of(actor.clone(), Deed::ApproveOrganisations),
            move |tx| {
                Box::pin(async move {
                    let batch = organisation::find_batch(tx, &id).await?.ok_or(DeedError::NotFound("import"))?;
                    // What was proposed at the command line was prepared by nobody who could approve it here.
                    let nobody = OperatorId::new(0, [0; 10]);
                    let prepared_by = Some(OperatorId::parse(&batch.proposed_by).unwrap_or(nobody));
                    Ok((Facts { prepared_by, ..Facts::default() }, id))
                })
            },
            move |tx, id, door| {
                Box::pin(async move {
                    if !organisation::approve_batch(tx, &id, &by, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经批准或撤销",
                            "it was approved or undone before",
                        )));
                    }
                    Ok(Done::plain(()).detail(serde_json::json!({ "import": id })))
                })
            },
        )
        .await
    }

    /// Undoes an import: what it brought and nobody changed since ends. How many that were.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it was not run.
    pub async fn undo_organisations(&self, actor: &Actor, id: &str, reason: &str) -> Result<u64, DeedError> {
        let reason = evidence("reason", reason)?;
        let marked = id.to_owned();
        let kind = self
            .short(
                Request::of(actor.clone(), Deed::UndoOrganisations),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let batch =
                            organisation::find_batch(tx, &marked).await?.ok_or(DeedError::NotFound("import"))?;
                        if !organisation::undo_batch(tx, &marked, door.now_us).await? {
                            return Err(DeedError::Conflict(Text::new("它没有运行过", "it was not run")));
                        }
                        Ok(Done::plain(batch.kind).detail(serde_json::json!({ "import": marked, "reason": reason })))
                    })
                },
            )
            .await?;
        if kind == BatchKind::Posts {
            return self.end_imported_posts(actor, id).await;
        }
        let mut ended = 0;
        loop {
            // Leaves first: each pass ends what has nothing left under it.
            let pass = self.end_some(actor, id).await?;
            if pass == 0 {
                return Ok(ended);
            }
            ended += pass;
        }
    }

    async fn end_some(&self, actor: &Actor, id: &str) -> Result<u64, DeedError> {
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::UndoOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::change_tree(tx).await?;
                    let (mut ended, mut after) = (0_u64, String::new());
                    while ended < BATCH as u64 {
                        let page = organisation::of_batch(tx, &id, &after, 500).await?;
                        let Some(last) = page.last() else { break };
                        after.clone_from(&last.id);
                        for mut row in page {
                            if organisation::has_children(tx, &row.id).await? {
                                continue;
                            }
                            sealed_right(&seals, &row)?;
                            row.state = State::Ended;
                            rewritten(tx, &seals, &mut row).await?;
                            ended += 1;
                        }
                    }
                    Ok(Done::plain(ended).detail(serde_json::json!({ "import": id, "ended": ended })))
                })
            },
        )
        .await
    }
}

enum Placed {
    New,
    Known,
    Orphan,
}

async fn place(tx: &mut Tx, seals: &RowSealer, mut row: Organisation) -> Result<Placed, DeedError> {
    if let Some(code) = &row.credit_code
        && organisation::by_credit_code(tx, code).await?.is_some()
    {
        return Ok(Placed::Known);
    }
    if let Some(named) = row.parent.take() {
        let Some(parent) = parent_of(tx, &named).await? else { return Ok(Placed::Orphan) };
        match stands(tx, seals, &parent, DEPTH_MAX - 1).await {
            Ok(_) => row.parent = Some(parent),
            Err(DeedError::Conflict(_)) => return Ok(Placed::Orphan),
            Err(error) => return Err(error),
        }
        sealed_again(seals, &mut row);
    }
    Ok(if organisation::insert(tx, &row).await? { Placed::New } else { Placed::Known })
}

/// A parent is named by its id or by its credit code.
pub(crate) async fn parent_of(tx: &mut Tx, named: &str) -> Result<Option<String>, DeedError> {
    let found = match CreditCode::parse(named) {
        Ok(code) => organisation::by_credit_code(tx, code.as_str()).await?,
        Err(_) => organisation::find(tx, named).await?,
    };
    Ok(found.map(|found| found.id))
}

/// Rows of one commit.
struct Part {
    rows: Vec<(u64, NewOrganisation)>,
    last: bool,
}

impl Part {
    fn read(
        rows: &mut OrganisationRows<'_>,
        counts: &mut OrganisationCounts,
        rejects: &mut dyn Write,
    ) -> Result<Self, DeedError> {
        let mut taken = Vec::new();
        for _ in 0..BATCH {
            let Some(row) = rows.next()? else { return Ok(Self { rows: taken, last: true }) };
            counts.rows += 1;
            match row {
                Ok(new) => taken.push((counts.rows, new)),
                Err((field, why)) => {
                    counts.rejected += 1;
                    reject(rejects, counts.rows, field, &why)?;
                }
            }
        }
        Ok(Self { rows: taken, last: false })
    }
}

pub(crate) fn reject(rejects: &mut dyn Write, row: u64, field: &str, why: &str) -> Result<(), DeedError> {
    writeln!(rejects, "{row},{field},\"{}\"", why.replace('"', "\"\""))
        .map_err(|why| DeedError::internal(format!("write the rejects: {why}")))
}

pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(crate) fn told(batch: Batch) -> Result<OrganisationImport, DeedError> {
    Ok(OrganisationImport {
        counts: serde_json::from_str(&batch.counts).map_err(DeedError::internal)?,
        id: batch.id,
        kind: batch.kind.as_str(),
        state: batch.state.as_str(),
        source: batch.source,
        rows_read: u64::try_from(batch.rows_read).unwrap_or(0),
        proposed_by: batch.proposed_by,
        approved_by: batch.approved_by,
        created_at: batch.created_at / MICROS,
    })
}
