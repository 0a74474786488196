//! What an import of posts out of a file of a personnel office does (`file_imports` has how two persons make one).
//! It only proposes: each post is pending until its person accepts it, and whether they have an account is never looked at.
//! A row that names a post of an earlier import is a new word for it: seven more days.

use super::office::{renewed, state_now};
use super::rows::{PostOf, PostRows};
use super::{New, end, place, to_change};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::file_imports::{
    OrganisationCounts, OrganisationFile, OrganisationImport, Stage, advanced, finished, reject, signed,
};
use crate::import_organisations::parent_of;
use crate::row_seal::RowSealer;
use crate::sources::Vouched;
use std::collections::HashSet;
use std::io::Write;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::post::PostRole;
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::organisation::{Batch, BatchKind};
use yima_store::post::{self, Post, Source};

/// Rows that share a commit.
const PART: usize = 500;
/// Tries of one end while its person accepts.
const TRIES: u32 = 8;

/// A row with the hash of its person in place of their number.
#[derive(Clone)]
struct Hashed {
    number: u64,
    id: String,
    person: Vec<u8>,
    organisation: String,
    role: PostRole,
}

/// What becomes of a row.
enum Fate {
    New { another: bool },
    Renewed,
    Not(&'static str, &'static str),
}

impl Province {
    /// Proposes a file that is new, runs one that was approved, and says how far any other is. Of the counts, `known` are
    /// posts that get seven more days, `differs` new posts of somebody who has another one in that organisation.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a file without a usable header; [`DeedError::Conflict`] for one that was undone.
    pub async fn import_posts(
        &self,
        actor: &Actor,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let signature = file.signature.as_deref();
        match self.stage(BatchKind::Posts, file.file_hash, &file.source, signature).await? {
            Stage::Try(vouched) => self.try_posts(actor, vouched, file).await,
            Stage::Run(batch, vouched) => self.run_posts(actor, (batch, vouched), file).await,
            Stage::Told(import) => Ok(import),
        }
    }

    async fn try_posts(
        &self,
        actor: &Actor,
        vouched: Vouched,
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, file_hash, format, mut rejects, .. } = file;
        let (mut rows, mut counts) = (PostRows::open(reader, format)?, OrganisationCounts::default());
        let mut seen = HashSet::new();
        loop {
            let (part, last) = self.read_posts(&mut rows, &mut counts, &mut rejects)?;
            let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
            let fates = self
                .store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        let mut fates = Vec::new();
                        for row in part {
                            let fate = fate(tx, &seals, &row, now_us).await?.1;
                            fates.push((row, fate));
                        }
                        Ok(fates)
                    })
                })
                .await?;
            for (row, fate) in fates {
                let twice = !seen.insert((row.person, row.organisation, row.role.as_str()));
                match fate {
                    Fate::Not(field, why) => {
                        counts.rejected += 1;
                        reject(&mut rejects, row.number, field, why)?;
                    }
                    Fate::New { another } if !twice => {
                        counts.new += 1;
                        counts.differs += u64::from(another);
                    }
                    _ => counts.known += 1,
                }
            }
            if last {
                break;
            }
        }
        self.propose_batch(actor, BatchKind::Posts, file_hash, vouched, counts).await
    }

    async fn run_posts(
        &self,
        actor: &Actor,
        (batch, vouched): (Batch, Vouched),
        file: OrganisationFile<'_>,
    ) -> Result<OrganisationImport, DeedError> {
        let OrganisationFile { reader, format, mut rejects, .. } = file;
        let (mut rows, mut counts) = (PostRows::open(reader, format)?, OrganisationCounts::default());
        let done_before = u64::try_from(batch.rows_read).unwrap_or(0);
        while counts.rows < done_before && rows.next()?.is_some() {
            counts.rows += 1;
        }
        loop {
            let from = counts.rows;
            let (part, last) = self.read_posts(&mut rows, &mut counts, &mut rejects)?;
            let span = (signed(from), signed(counts.rows));
            for (number, fate) in self.write_posts(actor, &batch.id, vouched.clone(), span, last, part).await? {
                match fate {
                    Fate::New { another } => {
                        counts.new += 1;
                        counts.differs += u64::from(another);
                    }
                    Fate::Renewed => counts.known += 1,
                    Fate::Not(field, why) => {
                        counts.rejected += 1;
                        reject(&mut rejects, number, field, why)?;
                    }
                }
            }
            if last {
                return finished(batch, &counts);
            }
        }
    }

    fn read_posts(
        &self,
        rows: &mut PostRows<'_>,
        counts: &mut OrganisationCounts,
        rejects: &mut dyn Write,
    ) -> Result<(Vec<Hashed>, bool), DeedError> {
        let mut taken = Vec::new();
        for _ in 0..PART {
            let Some(row) = rows.next()? else { return Ok((taken, true)) };
            counts.rows += 1;
            match row {
                Ok(PostOf { id_number, organisation, role }) => taken.push(Hashed {
                    number: counts.rows,
                    id: self.new_post_id(),
                    person: self.sealer.blind(&id_number).as_bytes().to_vec(),
                    organisation,
                    role,
                }),
                Err((field, why)) => {
                    counts.rejected += 1;
                    reject(rejects, counts.rows, field, &why)?;
                }
            }
        }
        Ok((taken, false))
    }

    async fn write_posts(
        &self,
        actor: &Actor,
        batch: &str,
        vouched: Vouched,
        (from, to): (i64, i64),
        last: bool,
        part: Vec<Hashed>,
    ) -> Result<Vec<(u64, Fate)>, DeedError> {
        let (batch, seals) = (batch.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::ImportOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    advanced(tx, &vouched, &batch, (from, to), last, door.now_us).await?;
                    let (mut fates, mut added) = (Vec::new(), 0_u64);
                    for row in part {
                        let number = row.number;
                        let fate = write(tx, &seals, &batch, row, door.now_us).await?;
                        added += u64::from(matches!(fate, Fate::New { .. }));
                        fates.push((number, fate));
                    }
                    let detail = serde_json::json!({ "import": batch, "kind": "posts", "new": added, "rows": to });
                    Ok(Done::plain(fates).detail(vouched.beside(detail)))
                })
            },
        )
        .await
    }

    /// Ends what an import that was undone proposed, accepted since or not. How many that were.
    pub(crate) async fn end_imported_posts(&self, actor: &Actor, batch: &str) -> Result<u64, DeedError> {
        let (mut ended, mut after) = (0, String::new());
        loop {
            let (of, behind) = (batch.to_owned(), after.clone());
            let page = self
                .store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(post::of_batch(tx, &of, &behind, 200).await?) })
                })
                .await?;
            let Some(last) = page.last() else { return Ok(ended) };
            after.clone_from(&last.id);
            for row in page {
                ended += u64::from(self.end_imported(actor, batch, &row.id).await?);
            }
        }
    }

    async fn end_imported(&self, actor: &Actor, batch: &str, id: &str) -> Result<bool, DeedError> {
        let mut tries = 0;
        loop {
            let (id, batch, seals) = (id.to_owned(), batch.to_owned(), self.sealer_of_rows());
            let done = self
                .short(
                    Request::of(actor.clone(), Deed::UndoOrganisations),
                    |_| Box::pin(async { Ok((Facts::default(), ())) }),
                    move |tx, (), door| {
                        Box::pin(async move {
                            let row = end(tx, &seals, &id, "undone", door.now_us).await?;
                            let detail = serde_json::json!({ "import": batch, "post": row.id });
                            Ok(match row.account {
                                Some(account) => Done::to((), account).detail(detail),
                                None => Done::plain(()).detail(detail),
                            })
                        })
                    },
                )
                .await;
            match done {
                Ok(()) => return Ok(true),
                // Its person or its end was faster.
                Err(DeedError::Conflict(_)) => return Ok(false),
                Err(DeedError::Busy) if tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a row would do now: the organisation that it names, and the post that it finds there.
async fn fate(
    tx: &mut Tx,
    seals: &RowSealer,
    row: &Hashed,
    now_us: i64,
) -> Result<(Option<(String, Option<Post>)>, Fate), DeedError> {
    let Some(organisation) = parent_of(tx, &row.organisation).await? else {
        return Ok((None, Fate::Not("organisation", "names no organisation")));
    };
    match place(tx, seals, &organisation).await {
        Ok(_) => {}
        Err(DeedError::Invalid { .. }) => {
            return Ok((None, Fate::Not("organisation", "may not act now, or one above may not")));
        }
        Err(error) => return Err(error),
    }
    let standing = post::of_person(tx, &row.person).await?.into_iter();
    let (same, others): (Vec<_>, Vec<_>) = standing
        .filter(|one| one.organisation == organisation && state_now(one, now_us) != "ended")
        .partition(|one| one.role == row.role.as_str());
    let Some(found) = same.into_iter().next() else {
        return Ok((Some((organisation, None)), Fate::New { another: !others.is_empty() }));
    };
    seals.holds(&found)?;
    if found.feed.is_some() || found.parent.is_some() {
        return Ok((None, Fate::Not("role", "a personnel system or an officer speaks for this post already")));
    }
    Ok((Some((organisation, Some(found))), Fate::Renewed))
}

async fn write(tx: &mut Tx, seals: &RowSealer, batch: &str, row: Hashed, now_us: i64) -> Result<Fate, DeedError> {
    let (found, fate) = fate(tx, seals, &row, now_us).await?;
    let Some((organisation, known)) = found else { return Ok(fate) };
    if let Some(known) = known {
        let mut known = to_change(tx, seals, &known.id).await?;
        renewed(tx, seals, &mut known, now_us).await?;
        return Ok(fate);
    }
    let new = New {
        id: row.id,
        resource: None,
        person: row.person,
        organisation,
        role: row.role,
        source: Source::Import,
        made_by: batch.to_owned(),
        feed: None,
        user_name: None,
        external_id: None,
    };
    let mut post = new.row(seals, now_us);
    post.batch = Some(batch.to_owned());
    seals.seal_anew(&mut post);
    if post::insert(tx, &post).await? {
        return Ok(fate);
    }
    Ok(Fate::Not("row", "that post was made meanwhile, or is over and not yet swept: import again later"))
}
