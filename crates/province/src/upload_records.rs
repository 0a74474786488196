//! Taking a gate's offline records: counts, sealed records and, where the law wants it, named admissions.
//! The same batch twice changes nothing. It does not know the gate's spool.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Done, Note, append_both};
use crate::error::DeedError;
use crate::mandates::{Shown, behind};
use crate::record::SealedRecord;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::UseId;
use yima_kernel::scenario::RecordClass;
use yima_kernel::subject::Actor;
use yima_store::counted::{self, Counted as Line};
use yima_store::{Tx, account, gate, sealed_record};

/// Rows in a batch.
pub const BATCH_MAX: usize = 2_000;
/// How far back a record may lie.
const BACK_MAX_S: i64 = 35 * 24 * 3600;
const COUNT_MAX: i64 = 1_000_000;
const FORMS: [&str; 6] = ["T1", "T1c", "T0", "T2", "short", ""];

/// A count of an hour.
#[derive(Clone)]
pub struct Counted {
    /// Unix seconds of the hour's start.
    pub hour_at: i64,
    /// Form.
    pub form: String,
    /// `valid`, `refused`, `could_not_check`.
    pub verdict: String,
    /// Reason, empty when valid.
    pub reason: String,
    /// How many.
    pub n: i64,
}

/// A named admission.
pub struct Named {
    /// The digits that the gate read.
    pub digits: String,
    /// Unix seconds.
    pub at: i64,
    /// `valid` or `refused`.
    pub verdict: String,
    /// Reason, empty when valid.
    pub reason: String,
}

/// A batch.
pub struct Upload {
    /// The gate's own name for the batch.
    pub batch_id: [u8; 16],
    /// Counts.
    pub counted: Vec<Counted>,
    /// Sealed records.
    pub sealed: Vec<SealedRecord>,
    /// Named admissions.
    pub named: Vec<Named>,
}

/// What became of it.
#[derive(Clone, Copy, Debug)]
pub struct Uploaded {
    /// Rows taken now.
    pub accepted: i64,
    /// It had been taken before.
    pub already: bool,
}

async fn add_counts(tx: &mut Tx, lines: &[Counted], slug: &str, site: u32, gate: &str) -> Result<(), DeedError> {
    for line in lines {
        let counted = Line {
            hour_at: line.hour_at * MICROS,
            scenario: slug,
            site,
            gate,
            form: &line.form,
            verdict: &line.verdict,
            reason: &line.reason,
            online: false,
        };
        counted::add(tx, &counted, u32::try_from(line.n).unwrap_or(0)).await?;
    }
    Ok(())
}

impl Province {
    /// Takes a batch of offline records, whole or not at all.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names what the batch does not keep to; an ended gate is refused.
    pub async fn upload_records(&self, actor: &Actor, batch: Upload) -> Result<Uploaded, DeedError> {
        let Actor::Gate { gate: id, site, scenario } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        let manifest = self.live().manifest(*scenario).cloned().ok_or(DeedError::NotFound("scenario"))?;
        let items = batch.counted.len() + batch.sealed.len() + batch.named.len();
        if items > BATCH_MAX {
            return Err(DeedError::invalid("batch", "一批最多 2000 条", "a batch has 2000 rows at most"));
        }
        self.expect_sane(&batch, manifest.record)?;
        let named = self.admissions(batch.named, *scenario, *site).await?;
        let named: Vec<_> =
            named.into_iter().map(|one| ([self.use_id_at(one.at), self.use_id_at(one.at)], one)).collect();
        let accepted = i64::try_from(batch.counted.len() + batch.sealed.len() + named.len()).unwrap_or(i64::MAX);
        let (id, site, slug) = (id.as_str().to_owned(), *site, manifest.slug.clone());
        let today = Day::of(self.now_u32()).0;
        let request = Request { scenario: Some(*scenario), ..Request::of(actor.clone(), Deed::UploadRecords) };
        let check = Request { scenario: Some(*scenario), ..Request::of(actor.clone(), Deed::CheckCode) };
        let (purpose, hand) = (manifest.purpose.en, self.hand());
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let row = gate::rely_on(tx, &id).await?;
                    let ended = row.is_none_or(|g| g.state != gate::State::Live);
                    Ok((Facts { actor_ended: ended, ..Facts::default() }, id))
                })
            },
            move |tx, id, door| {
                Box::pin(async move {
                    let batch_id = hex::encode(batch.batch_id);
                    let rows = u32::try_from(items).unwrap_or(u32::MAX);
                    if !gate::batch(tx, &id, &batch_id, rows, door.now_us).await? {
                        return Ok(Done::plain(Uploaded { accepted: 0, already: true }));
                    }
                    add_counts(tx, &batch.counted, &slug, site, &id).await?;
                    let row =
                        |r: SealedRecord| sealed_record::SealedRecord { tag: r.tag, nonce: r.nonce, body: r.body };
                    let sealed: Vec<_> = batch.sealed.into_iter().map(row).collect();
                    sealed_record::insert_all(tx, today, &sealed).await?;
                    for ([use_id, twin_id], one) in named {
                        let (holder, shown) = match &one.token {
                            Some(token) => {
                                let holder = account::by_handle(tx, &token.handle.0).await?;
                                (holder, behind(tx, &hand, token, one.at).await?)
                            }
                            None => (None, None),
                        };
                        let note = Note {
                            account: holder.map(|h| h.id),
                            scenario: Some(slug.clone()),
                            site: Some(site),
                            form: Some(one.form),
                            outcome: one.verdict,
                            reason: one.reason,
                            purpose: Some(purpose.clone()),
                            detail: shown.as_ref().map(|s| serde_json::json!({ "mandate": s.said() }).to_string()),
                            online: false,
                            twin: shown.as_ref().map(Shown::twin),
                        };
                        append_both(tx, [&use_id, &twin_id], one.at * MICROS, &check, note).await?;
                    }
                    let done = Done::plain(Uploaded { accepted, already: false });
                    Ok(done.at(slug, Some(site)).detail(serde_json::json!({ "rows": rows, "taken": accepted })))
                })
            },
        )
        .await
    }

    /// The id of a use that happened then: ids are in the order of time.
    fn use_id_at(&self, at: i64) -> UseId {
        UseId::new(u64::try_from(at).unwrap_or(0) * 1000, self.chance.bytes())
    }

    fn expect_sane(&self, batch: &Upload, class: RecordClass) -> Result<(), DeedError> {
        let now = self.now_s();
        let time_ok = |at: i64| at <= now + 600 && at >= now - BACK_MAX_S;
        let verdict_ok = |v: &str, r: &str| {
            matches!(v, "valid" | "refused" | "could_not_check")
                && (r.is_empty() || yima_code::Reason::from_name(r).is_some())
        };
        let counts_ok = batch.counted.iter().all(|c| {
            c.hour_at % 3600 == 0
                && time_ok(c.hour_at)
                && (0..=COUNT_MAX).contains(&c.n)
                && verdict_ok(&c.verdict, &c.reason)
                && FORMS.contains(&c.form.as_str())
        });
        if !counts_ok {
            return Err(DeedError::invalid(
                "counted",
                "有一条计数的时间、判定或数量不对",
                "a count has a wrong hour, verdict or number",
            ));
        }
        if batch.sealed.iter().any(|s| s.body.len() != 26) {
            return Err(DeedError::invalid("sealed", "密封记录长度不对", "a sealed record has a wrong length"));
        }
        if !batch.named.is_empty() && class != RecordClass::Named {
            return Err(DeedError::invalid(
                "named",
                "这个场景不记名",
                "this scenario's manifest does not record names",
            ));
        }
        if !batch.named.iter().all(|n| time_ok(n.at) && verdict_ok(&n.verdict, &n.reason)) {
            return Err(DeedError::invalid(
                "named",
                "有一条记录的时间或判定不对",
                "a named record has a wrong time or verdict",
            ));
        }
        Ok(())
    }
}
