//! Imports that two persons make, of whatever kind: a dry run proposes, somebody else approves, the same file is run in committed
//! parts that go on where they stopped, and it is undone as one. Before the first row is read its source has to stand for it
//! (`sources`), at the dry run and at the run. What a row means, and what undoing it does, each kind says itself.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::import_rows::Format;
use crate::residents::evidence;
use crate::sources::{FileKind, Vouched};
use crate::two_persons::prepared_in;
use std::io::{BufRead, Write};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::UseId;
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::organisation::{self, Batch, BatchKind, BatchState};

/// A file of organisations.
pub struct OrganisationFile<'a> {
    /// The file, UTF-8, from its start.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// SHA-256 of the whole file: how its import is found again.
    pub file_hash: [u8; 32],
    /// How rows are written.
    pub format: Format,
    /// Whose register it is: once any source is registered, the name of one, letter for letter.
    pub source: String,
    /// Its signature over the file, a detached JWS; needed where the source has a key.
    pub signature: Option<String>,
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
    /// `organisations`, `posts` or `representatives`.
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
    /// Thumbprint of the key by which its source signed the file.
    pub signed_by: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
}

/// What comes next for a file.
pub(crate) enum Stage {
    /// It is new: a dry run.
    Try(Vouched),
    /// It was approved: the run.
    Run(Batch, Vouched),
    /// It waits, or is through.
    Told(OrganisationImport),
}

impl Province {
    /// What comes next for a file, found by its hash; on whose word, where rows are to be read.
    pub(crate) async fn stage(
        &self,
        kind: BatchKind,
        hash: [u8; 32],
        source: &str,
        signature: Option<&str>,
    ) -> Result<Stage, DeedError> {
        let source = evidence("source", source)?;
        let before = self.batch_before(hash, kind).await?;
        match before {
            Some(batch) if batch.source != source => Err(DeedError::Conflict(Text::new(
                format!("这个文件是以来源“{}”提出的", batch.source),
                format!("that file was proposed as one of the source \"{}\"", batch.source),
            ))),
            Some(batch) if batch.state != BatchState::Running => Ok(Stage::Told(told(batch)?)),
            Some(batch) => Ok(Stage::Run(batch, self.vouched(FileKind::Of(kind), &source, &hash, signature).await?)),
            None => Ok(Stage::Try(self.vouched(FileKind::Of(kind), &source, &hash, signature).await?)),
        }
    }

    async fn batch_before(&self, hash: [u8; 32], kind: BatchKind) -> Result<Option<Batch>, DeedError> {
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

    /// Writes down what a dry run counted; another person approves it.
    pub(crate) async fn propose_batch(
        &self,
        actor: &Actor,
        kind: BatchKind,
        file_hash: [u8; 32],
        vouched: Vouched,
        counts: OrganisationCounts,
    ) -> Result<OrganisationImport, DeedError> {
        let batch = Batch {
            id: UseId::new(self.now_ms(), self.chance.bytes()).to_string(),
            kind,
            file_hash: file_hash.to_vec(),
            source: vouched.source.clone(),
            counts: serde_json::to_string(&counts).map_err(DeedError::internal)?,
            rows_read: 0,
            state: BatchState::Proposed,
            proposed_by: actor.id().to_owned(),
            approved_by: None,
            signed_by: vouched.key.clone(),
            created_at: self.now_us(),
            updated_at: self.now_us(),
        };
        self.short(
            Request::of(actor.clone(), Deed::ImportOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    vouched.holds(tx).await?;
                    organisation::propose(tx, &batch).await?;
                    let detail =
                        serde_json::json!({ "counts": counts, "import": batch.id, "kind": batch.kind.as_str() });
                    Ok(Done::plain(told(batch)?).detail(vouched.beside(detail)))
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
        let (id, by, asking) = (id.to_owned(), actor.id().to_owned(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::ApproveOrganisations),
            move |tx| {
                Box::pin(async move {
                    let batch = organisation::find_batch(tx, &id).await?.ok_or(DeedError::NotFound("import"))?;
                    Ok((prepared_in(tx, &batch.proposed_by, &asking).await?, id))
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
        match kind {
            BatchKind::Organisations => self.end_imported_organisations(actor, id).await,
            BatchKind::Posts => self.end_imported_posts(actor, id).await,
            BatchKind::Representatives => self.end_imported_representatives(actor, id).await,
        }
    }
}

/// Notes how far an import is, in the transaction of its rows, while its source still stands for the file.
pub(crate) async fn advanced(
    tx: &mut Tx,
    vouched: &Vouched,
    batch: &str,
    (from, to): (i64, i64),
    last: bool,
    now_us: i64,
) -> Result<(), DeedError> {
    vouched.holds(tx).await?;
    if organisation::batch_at(tx, batch, from, to, last, now_us).await? {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "另一个进程正在导入同一个文件，或已撤销",
        "another process imports that file, or it was undone",
    )))
}

/// An import whose file is through.
pub(crate) fn finished(batch: Batch, counts: &OrganisationCounts) -> Result<OrganisationImport, DeedError> {
    let counted = serde_json::to_string(counts).map_err(DeedError::internal)?;
    told(Batch { state: BatchState::Done, rows_read: signed(counts.rows), counts: counted, ..batch })
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
        signed_by: batch.signed_by,
        created_at: batch.created_at / MICROS,
    })
}
