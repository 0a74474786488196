//! What an import of legal representatives out of the register of enterprises does (`file_imports` has how two persons make one):
//! whoever the file names is pending until they accept (rule R17), whoever was it before acts no more, and every appointment waits.
//! A file that would replace too many is stopped (rule R47). It does not know the register.

use super::super::Hand;
use super::representatives::{change_over, good, insert, locked, named_row, parse};
use super::{Kind, is_enterprise};
use crate::Province;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::file_imports::{
    OrganisationCounts, OrganisationFile, OrganisationImport, Stage, advanced, finished, reject, signed,
};
use crate::import_rows::Format;
use crate::import_sheet::{Columns, Sheet};
use crate::organisations;
use crate::sources::Vouched;
use std::collections::HashSet;
use std::io::{BufRead, Write};
use yima_kernel::access::{Facts, Request};
use yima_kernel::credit_code::CreditCode;
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, OrganisationId};
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_store::edge::{self, Edge};
use yima_store::enterprise::{self, ChangeState, ImportedRepresentative, RepresentativeChange};
use yima_store::organisation::{Batch, BatchKind, Kind as OrganisationKind, State};
use yima_store::{Tx, account, organisation};

/// Rows that are looked at together.
const PART: usize = 500;
/// So many representatives may imports replace within a day however few there are.
const REPLACED_FLOOR: u64 = 10;
/// And else one in so many.
const REPLACED_ONE_IN: u64 = 1_000;
const DAY_US: i64 = 86_400_000_000;

const COLUMNS: Columns = Columns {
    names: &[("credit_code", "统一社会信用代码"), ("id_number", "法定代表人身份证号")],
    needed: &["credit_code", "id_number"],
    header: || {
        DeedError::invalid(
            "file",
            "第一行要是：统一社会信用代码,法定代表人身份证号",
            "the first line names the columns: credit_code,id_number",
        )
    },
};

/// A row with the hash of its person in place of their number.
struct Hashed {
    number: u64,
    code: String,
    person: Vec<u8>,
}

/// What a row would do now.
enum Fate {
    Same,
    Names(Box<Names>),
    Not(&'static str, &'static str),
}

/// An enterprise gets somebody else than before, or its first.
#[derive(Clone)]
struct Names {
    organisation: OrganisationId,
    account: AccountId,
    before: Option<String>,
}

impl Province {
    /// Proposes a file that is new, runs one that was approved, and says how far any other is. Of the counts, `new` are
    /// enterprises that had no representative, `known` those that had, `differs` those of them whose is replaced.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a file without a usable header; [`DeedError::Conflict`] for one that was undone, or that would
    /// replace more than one in a thousand representatives, and more than ten, within a day.
    pub async fn import_representatives(
        &self,
        actor: &Actor,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let (kind, signature) = (BatchKind::Representatives, file.signature.as_deref());
        match self.stage(kind, file.file_hash, &file.source, signature).await? {
            Stage::Try(vouched) => self.try_representatives(actor, vouched, file).await,
            Stage::Run(batch, vouched) => self.run_representatives(actor, (batch, vouched), file).await,
            Stage::Told(import) => Ok(import),
        }
    }

    async fn try_representatives(
        &self,
        actor: &Actor,
        vouched: Vouched,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, file_hash, format, mut rejects, .. } = file;
        let (mut rows, mut counts) = (open(reader, format)?, OrganisationCounts::default());
        let mut seen = HashSet::new();
        loop {
            let (part, last) = self.read_representatives(&mut rows, &mut counts, &mut rejects)?;
            for (number, code, fate) in self.fates(part).await? {
                let twice = !seen.insert(code);
                let fate =
                    if twice { Fate::Not("credit_code", "names an enterprise for the second time") } else { fate };
                count(&mut counts, number, &fate, &mut rejects)?;
            }
            if last {
                break;
            }
        }
        let now_us = self.now_us();
        self.store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { few_enough(tx, counts.differs, now_us).await }))
            .await?;
        self.propose_batch(actor, BatchKind::Representatives, file_hash, vouched, counts).await
    }

    async fn run_representatives(
        &self,
        actor: &Actor,
        (batch, vouched): (Batch, Vouched),
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, format, mut rejects, .. } = file;
        let (mut rows, mut counts) = (open(reader, format)?, OrganisationCounts::default());
        let mut through = u64::try_from(batch.rows_read).unwrap_or(0);
        while counts.rows < through && rows.next()?.is_some() {
            counts.rows += 1;
        }
        loop {
            let (part, last) = self.read_representatives(&mut rows, &mut counts, &mut rejects)?;
            for (number, _, fate) in self.fates(part).await? {
                let fate = match fate {
                    Fate::Names(names) => {
                        let span = (through, number);
                        let done = self.write_representative(actor, (&batch, &vouched), span, *names.clone()).await;
                        match done {
                            Ok(()) => {
                                through = number;
                                Fate::Names(names)
                            }
                            // Somebody was faster, or that person can't be it: nothing of the row is done.
                            Err(DeedError::NotFound(_)) => {
                                Fate::Not("row", "can't be named now: it changed meanwhile, or they have too many")
                            }
                            Err(error) => return Err(error),
                        }
                    }
                    other => other,
                };
                count(&mut counts, number, &fate, &mut rejects)?;
            }
            self.passed(actor, (&batch.id, &vouched), (through, counts.rows), last).await?;
            through = counts.rows;
            if last {
                return finished(batch, &counts);
            }
        }
    }

    fn read_representatives(
        &self,
        rows: &mut Sheet<'_>,
        counts: &mut OrganisationCounts,
        rejects: &mut dyn Write,
    ) -> Result<(Vec<Hashed>, bool), DeedError> {
        let mut taken = Vec::new();
        for _ in 0..PART {
            let Some(cells) = rows.next()? else { return Ok((taken, true)) };
            counts.rows += 1;
            match cells.and_then(|cells| of(&cells)) {
                Ok((code, id_number)) => taken.push(Hashed {
                    number: counts.rows,
                    code,
                    person: self.sealer.blind(&id_number).as_bytes().to_vec(),
                }),
                Err((field, why)) => {
                    counts.rejected += 1;
                    reject(rejects, counts.rows, field, &why)?;
                }
            }
        }
        Ok((taken, false))
    }

    async fn fates(&self, part: Vec<Hashed>) -> Result<Vec<(u64, String, Fate)>, DeedError> {
        let (hand, now_us) = (self.hand(), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let mut fates = Vec::with_capacity(part.len());
                    for row in part {
                        let fate = fate(tx, &hand, &row, now_us).await?;
                        fates.push((row.number, row.code, fate));
                    }
                    Ok(fates)
                })
            })
            .await
    }

    /// One enterprise, in one transaction as rule R17 says it, with how far the import is.
    async fn write_representative(
        &self,
        actor: &Actor,
        (batch, vouched): (&Batch, &Vouched),
        (from, to): (u64, u64),
        names: Names,
    ) -> Result<(), DeedError> {
        let (mut hand, batch, span) = (self.hand(), batch.clone(), (signed(from), signed(to)));
        let vouched = vouched.clone();
        let request = Request::of(actor.clone(), Deed::ImportOrganisations);
        self.short(
            request.about(names.account.clone()).for_organisation(names.organisation.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let (at, named) = (names.organisation.as_str(), names.account.as_str());
                    let edges = locked(tx, at, &[named]).await?;
                    advanced(tx, &vouched, &batch.id, span, false, door.now_us).await?;
                    if representative(&edges).map(|e| e.actor.clone()) != names.before
                        || enterprise::change_waits(tx, at).await?
                    {
                        return Err(DeedError::NotFound("row"));
                    }
                    good(tx, &hand, named, door.now_us).await.map_err(|_| DeedError::NotFound("row"))?;
                    few_enough(tx, u64::from(names.before.is_some()), door.now_us).await?;
                    let waiting = change_over(tx, &mut hand, &edges, (named, "register"), door.now_us).await?;
                    let change = of_batch(&batch, at, named, door.now_us);
                    let by = batch.approved_by.as_deref().unwrap_or("system");
                    let row = named_row(&mut hand, &change, by, door.now_us);
                    insert(tx, &hand, &row).await.map_err(|error| match error {
                        DeedError::Conflict(_) => DeedError::NotFound("row"),
                        other => other,
                    })?;
                    let imported = ImportedRepresentative {
                        batch: batch.id.clone(),
                        organisation: at.to_owned(),
                        edge: row.id,
                        account: named.to_owned(),
                        before: names.before.clone(),
                        at: door.now_us,
                    };
                    if !enterprise::imported(tx, &imported).await? {
                        return Err(DeedError::NotFound("row"));
                    }
                    tell(tx, hand.row_id(door.now_us), named, door.now_us, "representative_named").await?;
                    let detail = serde_json::json!({ "import": batch.id, "organisation": at, "waiting": waiting });
                    Ok(Done::plain(()).detail(vouched.beside(detail)))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Notes that rows are through which changed nothing, or ended a part.
    async fn passed(
        &self,
        actor: &Actor,
        (batch, vouched): (&str, &Vouched),
        (from, to): (u64, u64),
        last: bool,
    ) -> Result<(), DeedError> {
        if from == to && !last {
            return Ok(());
        }
        let (batch, vouched, span) = (batch.to_owned(), vouched.clone(), (signed(from), signed(to)));
        self.short(
            Request::of(actor.clone(), Deed::ImportOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    advanced(tx, &vouched, &batch, span, last, door.now_us).await?;
                    let detail = serde_json::json!({ "import": batch, "kind": "representatives", "rows": span.1 });
                    Ok(Done::plain(()).detail(vouched.beside(detail)))
                })
            },
        )
        .await
    }

    /// Ends what an import named that nobody changed since, accepted or not, and names whoever was it before anew: pending, so
    /// that they accept as ever. How many that were.
    pub(crate) async fn end_imported_representatives(&self, actor: &Actor, batch: &str) -> Result<u64, DeedError> {
        let (mut ended, mut after) = (0, String::new());
        loop {
            let (of, behind) = (batch.to_owned(), after.clone());
            let page = self
                .store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(enterprise::imported_by(tx, &of, &behind, 200).await?) })
                })
                .await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.organisation);
            for row in page {
                ended += u64::from(self.end_imported_representative(actor, row).await?);
            }
        }
        self.bundle_due.notify_one();
        Ok(ended)
    }

    async fn end_imported_representative(&self, actor: &Actor, row: ImportedRepresentative) -> Result<bool, DeedError> {
        let (mut hand, by) = (self.hand(), actor.id().to_owned());
        let at = OrganisationId::parse(&row.organisation).map_err(DeedError::internal)?;
        self.short(
            Request::of(actor.clone(), Deed::UndoOrganisations).about(parse(&row.account)?).for_organisation(at),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let before: Vec<&str> = row.before.iter().map(String::as_str).collect();
                    let edges = locked(tx, &row.organisation, &before).await?;
                    let detail = serde_json::json!({ "import": row.batch, "organisation": row.organisation });
                    if representative(&edges).is_none_or(|e| e.id != row.edge) {
                        return Ok(Done::plain(false).detail(detail));
                    }
                    let next = row.before.as_deref().unwrap_or_default();
                    change_over(tx, &mut hand, &edges, (next, "undone"), door.now_us).await?;
                    if row.before.is_some() && good(tx, &hand, next, door.now_us).await.is_ok() {
                        let change = RepresentativeChange {
                            id: row.batch.clone(),
                            organisation: row.organisation.clone(),
                            account: next.to_owned(),
                            reference: format!("undone: {}", row.batch),
                            state: ChangeState::Approved,
                            proposed_by: by.clone(),
                            created_at: door.now_us,
                        };
                        let anew = named_row(&mut hand, &change, &by, door.now_us);
                        insert(tx, &hand, &anew).await?;
                        tell(tx, hand.row_id(door.now_us), next, door.now_us, "representative_named").await?;
                    }
                    Ok(Done::plain(true).detail(detail))
                })
            },
        )
        .await
    }
}

fn open<'a>(reader: Box<dyn BufRead + Send + 'a>, format: Format) -> Result<Sheet<'a>, DeedError> {
    Sheet::open(reader, format, &COLUMNS)
}

fn of(cells: &[String]) -> Result<(String, IdNumber), (&'static str, String)> {
    let [code, number] = cells else { return Err(("row", "has other columns".to_owned())) };
    let code = CreditCode::parse(code.trim()).map_err(|_| ("credit_code", "is no credit code".to_owned()))?;
    let number = IdNumber::parse(number).map_err(|_| ("id_number", "is no ID number".to_owned()))?;
    Ok((code.to_string(), number))
}

fn count(counts: &mut OrganisationCounts, number: u64, fate: &Fate, rejects: &mut dyn Write) -> Result<(), DeedError> {
    match fate {
        Fate::Same => counts.known += 1,
        Fate::Names(names) if names.before.is_some() => {
            counts.known += 1;
            counts.differs += 1;
        }
        Fate::Names(_) => counts.new += 1,
        Fate::Not(field, why) => {
            counts.rejected += 1;
            reject(rejects, number, field, why)?;
        }
    }
    Ok(())
}

fn representative(edges: &[Edge]) -> Option<&Edge> {
    edges.iter().find(|e| e.kind == Kind::Representative.as_str())
}

async fn fate(tx: &mut Tx, hand: &Hand, row: &Hashed, now_us: i64) -> Result<Fate, DeedError> {
    let one = match organisation::by_credit_code(tx, &row.code).await? {
        Some(one) => organisations::found(tx, &hand.seals, &one.id).await?,
        None => return Ok(Fate::Not("credit_code", "names no enterprise")),
    };
    if one.kind != OrganisationKind::Enterprise || one.state != State::Active {
        return Ok(Fate::Not("credit_code", "is no enterprise, or one that may not act now"));
    }
    if enterprise::change_waits(tx, &one.id).await? {
        return Ok(Fate::Not("credit_code", "has a change that waits to be reviewed"));
    }
    let Some(named) = account::by_blind_id(tx, &row.person).await? else {
        return Ok(Fate::Not("id_number", "names nobody who could be it"));
    };
    let edges: Vec<Edge> = edge::standing_over(tx, &one.id, false).await?.into_iter().filter(is_enterprise).collect();
    let before = representative(&edges).map(|e| e.actor.clone());
    if before.as_deref() == Some(named.id.as_str()) {
        return Ok(Fate::Same);
    }
    if good(tx, hand, &named.id, now_us).await.is_err() {
        return Ok(Fate::Not("id_number", "names nobody who could be it"));
    }
    Ok(Fate::Names(Box::new(Names {
        organisation: OrganisationId::parse(&one.id).map_err(DeedError::internal)?,
        account: parse(&named.id)?,
        before,
    })))
}

/// Rule R47: of those that stand or wait one in a thousand may be replaced by imports within a day, and ten in any case.
async fn few_enough(tx: &mut Tx, more: u64, now_us: i64) -> Result<(), DeedError> {
    let (replaced, all) = enterprise::replaced(tx, now_us - DAY_US).await?;
    let most = (u64::from(all) / REPLACED_ONE_IN).max(REPLACED_FLOOR);
    let would = u64::from(replaced) + more;
    if would <= most {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        format!(
            "一天内会换掉 {would} 家的法定代表人（共 {all} 家），超过千分之一，也超过 {REPLACED_FLOOR} 家：停下，请核对文件"
        ),
        format!(
            "{would} of {all} representatives would be replaced within a day, which is more than {most}: stopped, look at the file"
        ),
    )))
}

fn of_batch(batch: &Batch, organisation: &str, account: &str, now_us: i64) -> RepresentativeChange {
    RepresentativeChange {
        id: batch.id.clone(),
        organisation: organisation.to_owned(),
        account: account.to_owned(),
        reference: format!("{} · {}", batch.source, batch.id),
        state: ChangeState::Approved,
        proposed_by: batch.proposed_by.clone(),
        created_at: now_us,
    }
}
