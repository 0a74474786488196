//! What an import of organisations does (`file_imports` has how two persons make one). It only adds: what is known stays as it
//! is, and differences are told.

use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::file_imports::{
    OrganisationCounts, OrganisationFile, OrganisationImport, Stage, advanced, finished, reject, signed,
};
use crate::organisation_rows::OrganisationRows;
use crate::organisations::{NewOrganisation, rewritten, stands};
use crate::row_seal::RowSealer;
use crate::sources::Vouched;
use std::collections::HashSet;
use std::io::Write;
use yima_kernel::access::{Facts, Request};
use yima_kernel::credit_code::CreditCode;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::merger;
use yima_store::organisation::{self, Batch, BatchKind, DEPTH_MAX, Organisation, State};

/// Rows that share a commit.
const BATCH: usize = 1_000;

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
        let (kind, signature) = (BatchKind::Organisations, file.signature.as_deref());
        match self.stage(kind, file.file_hash, &file.source, signature).await? {
            Stage::Try(vouched) => self.propose_organisations(actor, vouched, file).await,
            Stage::Run(batch, vouched) => self.run_organisations(actor, (batch, vouched), file).await,
            Stage::Told(import) => Ok(import),
        }
    }

    async fn propose_organisations(
        &self,
        actor: &Actor,
        vouched: Vouched,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, file_hash, format, mut rejects, .. } = file;
        let mut rows = OrganisationRows::open(reader, format, &vouched.source)?;
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
        self.propose_batch(actor, BatchKind::Organisations, file_hash, vouched, counts).await
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
        (batch, vouched): (Batch, Vouched),
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
            let (span, on_word) = ((from, counts.rows), vouched.clone());
            let (added, known, orphans) = self.commit_part(actor, &batch.id, on_word, span, last, ready).await?;
            counts.new += added;
            counts.known += known;
            for number in orphans {
                reject(&mut rejects, number, "parent", "names no organisation that may act")?;
                counts.rejected += 1;
            }
            if last {
                return finished(batch, &counts);
            }
        }
    }

    /// Writes a part together with how far the file is: how many are new, how many known, and which have no parent.
    async fn commit_part(
        &self,
        actor: &Actor,
        batch: &str,
        vouched: Vouched,
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
                    advanced(tx, &vouched, &batch, (from, to), last, door.now_us).await?;
                    let (mut added, mut known, mut orphans) = (0, 0, Vec::new());
                    for (number, row) in rows {
                        match place(tx, &seals, row).await? {
                            Placed::New => added += 1,
                            Placed::Known => known += 1,
                            Placed::Orphan => orphans.push(number),
                        }
                    }
                    let detail = serde_json::json!({ "import": batch, "rows": to, "new": added });
                    Ok(Done::plain((added, known, orphans)).detail(vouched.beside(detail)))
                })
            },
        )
        .await
    }

    /// Ends what an import that was undone brought and nobody changed since. How many that were.
    pub(crate) async fn end_imported_organisations(&self, actor: &Actor, id: &str) -> Result<u64, DeedError> {
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
                            // Nor one of which people were told that it goes on in another.
                            if organisation::has_children(tx, &row.id).await?
                                || !merger::ahead_with(tx, &row.id).await?.is_empty()
                            {
                                continue;
                            }
                            seals.holds(&row)?;
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
        seals.seal_anew(&mut row);
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
