//! A source says that somebody died. The first one stops everything that others could do in their name, at once; a second one, of
//! another kind and through another officer, confirms it. It does not end what can be given back.

use super::{REVERSIBLE_S, SOURCES, WHY};
use crate::Province;
use crate::clock::MICROS;
use crate::crowds::count_holder;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::mandates::{Hand, end_all_of, end_slots_of_actor};
use crate::posts;
use crate::residents::evidence;
use crate::row_seal::RowSealer;
use serde_json::json;
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::sealed::Sealer;
use yima_store::account::{self, State as Standing};
use yima_store::authenticator::State as WayState;
use yima_store::death::{self, Death, State};
use yima_store::{Tx, enrolment, withdrawal};

/// What ends need from outside of the transaction.
#[derive(Clone)]
struct Ending {
    sealer: Arc<Sealer>,
    seals: RowSealer,
    hand: Hand,
    from_day: u16,
    by: Actor,
}

impl Province {
    /// Writes down that a source says so: the first one suspends, the second one confirms.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for no source; [`DeedError::Conflict`] for the same kind of source or the same officer again, and
    /// when it is confirmed or final.
    pub async fn report_death(&self, actor: &Actor, id: &str, source: &str, shown: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let shown = evidence("evidence", shown)?;
        let source = SOURCES.into_iter().find(|one| *one == source).ok_or_else(|| {
            DeedError::invalid(
                "source",
                format!("来源要是其中之一：{}", SOURCES.join("、")),
                format!("the source is one of {}", SOURCES.join(", ")),
            )
        })?;
        let mut ending = Ending {
            sealer: Arc::clone(&self.sealer),
            seals: self.sealer_of_rows(),
            hand: self.hand(),
            from_day: Day::of(self.now_u32()).0.saturating_sub(2),
            by: actor.clone(),
        };
        let (id, row_id, notice, by) = (id.to_owned(), self.new_row_id(), self.new_row_id(), actor.id().to_owned());
        self.short(
            Request::of(actor.clone(), Deed::ReportDeath).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let Some(first) = death::standing(tx, &id).await? else {
                        let ways = ending.suspend(tx, &id, door.now_us).await?;
                        let row = reported(row_id, id, (source, shown), by, (door.now_us, &ways));
                        death::insert(tx, &row).await?;
                        tell(tx, notice, &row.account, door.now_us, "death_reported").await?;
                        let detail = json!({ "evidence": row.evidence, "source": row.source, "state": "reported" });
                        return Ok(Done::plain(()).detail(detail));
                    };
                    second_of(&first, source, &by)?;
                    let confirmed = Death {
                        state: State::Confirmed,
                        second_source: Some(source.to_owned()),
                        second_evidence: Some(shown.clone()),
                        confirmed_by: Some(by),
                        confirmed_at: Some(door.now_us),
                        final_from: Some(door.now_us + REVERSIBLE_S * MICROS),
                        ..first
                    };
                    if !death::change(tx, &confirmed).await? {
                        return Err(DeedError::Busy);
                    }
                    let final_from = confirmed.final_from.map(|at| at / MICROS);
                    let detail =
                        json!({ "evidence": shown, "final_from": final_from, "source": source, "state": "confirmed" });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }
}

impl Ending {
    /// Suspends the account: codes, sessions, posts and mandates end at once, ways to sign in wait; their ids.
    async fn suspend(&mut self, tx: &mut Tx, id: &str, now_us: i64) -> Result<Vec<String>, DeedError> {
        let before = account::find(tx, id).await?.ok_or(DeedError::NotFound("resident"))?;
        if !account::set_reported_dead(tx, id, true).await? {
            return Err(DeedError::Conflict(Text::new("已登记死亡", "a death is registered, and final")));
        }
        if before.state == Standing::Active {
            count_holder(tx, &self.sealer, &before, -1).await?;
        }
        let ways = self.seals.authenticators_of(tx, id).await?;
        let active = ways.into_iter().filter(|way| way.state == WayState::Active).map(|way| way.id).collect();
        end_slots_of_actor(tx, &self.hand, id, now_us).await?;
        end_all_of(tx, &mut self.hand, &self.by, id, WHY, now_us).await?;
        posts::end_all_of(tx, &self.seals, id, WHY, now_us).await?;
        withdrawal::account(tx, id, self.from_day, WHY, now_us).await?;
        self.seals.end_everything(tx, id, WHY, now_us).await?;
        enrolment::end_codes(tx, id, now_us).await?;
        Ok(active)
    }
}

/// What the first source and its officer say of an account, and the ways to sign in that wait with it.
fn reported(
    id: String,
    account: String,
    (source, evidence): (&str, String),
    reported_by: String,
    (reported_at, ways): (i64, &[String]),
) -> Death {
    Death {
        id,
        account,
        state: State::Reported,
        source: source.to_owned(),
        evidence,
        reported_by,
        reported_at,
        second_source: None,
        second_evidence: None,
        confirmed_by: None,
        confirmed_at: None,
        final_from: None,
        ended_at: None,
        undone_by: None,
        undone_why: None,
        ways: ways.join(" "),
        version: 1,
    }
}

/// Whether this one may stand beside the first: another kind of source, another officer, and the first still waits for it.
fn second_of(first: &Death, source: &str, by: &str) -> Result<(), DeedError> {
    let no = |zh: &str, en: &str| Err(DeedError::Conflict(Text::new(zh, en)));
    if first.state != State::Reported {
        return no("两个来源都有了，30 天后生效", "both sources are there; it is final after thirty days");
    }
    if first.source == source {
        return no("第二个来源要和第一个不同类", "the second source must be of another kind than the first");
    }
    if first.reported_by == by {
        return no("第二个来源要由另一位工作人员登记", "another officer writes the second source down");
    }
    Ok(())
}
