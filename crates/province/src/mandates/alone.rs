//! Nobody is stranded (R16): when the last guardian dies, is deleted or comes under guardianship, the operators who stand in for
//! the civil affairs office are told, until somebody else is guardian. It does not know who that will be.

use super::Hand;
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::recoveries::guardians;
use crate::residents::evidence;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::account::State;
use yima_store::edge::Edge;
use yima_store::ward_alone::{self, WardAlone};
use yima_store::{Tx, account, edge};

/// Somebody without a guardian, in the operators' queue.
#[derive(Clone, Debug)]
pub struct AloneRow {
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// `death`, `deleted` or `lost_capacity`.
    pub reason: String,
    /// Unix seconds.
    pub at: i64,
}

impl Province {
    /// Those who have no guardian any more, the oldest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn wards_alone(&self, actor: &Actor) -> Result<Vec<AloneRow>, DeedError> {
        let found = self
            .look(Request::of(actor.clone(), Deed::SeeDeaths), Facts::default(), |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in ward_alone::open(tx).await? {
                        found.extend(account::find(tx, &row.account).await?.map(|holder| (row, holder)));
                    }
                    Ok(found)
                })
            })
            .await?;
        let row = |(row, holder): (WardAlone, account::Account)| {
            let name_masked = self.name_of(&holder)?.masked();
            Ok(AloneRow { resident: row.account, name_masked, reason: row.reason, at: row.at / MICROS })
        };
        found.into_iter().map(row).collect()
    }

    /// Says how somebody without a guardian was seen to.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when nothing is open for them.
    pub async fn see_to_ward(&self, actor: &Actor, resident: &str, how: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let how = evidence("how", how)?;
        let (id, by) = (subject.to_string(), actor.id().to_owned());
        self.short(
            Request::of(actor.clone(), Deed::SeeToWard).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    if !ward_alone::close(tx, &id, &by, &how, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new("已经有人办了", "somebody saw to it already")));
                    }
                    Ok(Done::plain(()).detail(json!({ "evidence": how })))
                })
            },
        )
        .await
    }
}

/// Raises the alarm for whoever has no guardian once this mandate does not count any more.
pub(super) async fn after_guardian(
    tx: &mut Tx,
    hand: &mut Hand,
    e: &Edge,
    reason: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    let ward = account::find(tx, &e.principal).await?;
    if e.kind != "guardian" || ward.is_none_or(|ward| ward.state == State::Dead) {
        return Ok(());
    }
    if guardians(tx, hand, &e.principal, now_us).await?.iter().any(|other| *other != e.actor) {
        return Ok(());
    }
    let row =
        WardAlone { id: hand.row_id(now_us), account: e.principal.clone(), reason: reason.to_owned(), at: now_us };
    if ward_alone::raise(tx, &row).await? {
        tell(tx, hand.row_id(now_us), &e.principal, now_us, "ward_alone").await?;
        tracing::warn!(alarm = "ward_alone", ward = row.account, reason, "somebody has no guardian any more");
    }
    Ok(())
}

/// A guardian's death was taken back: in law their wards have a guardian again, so the civil affairs office has nothing to see
/// to; how many. The mandates were ended for good, so the wards hear that they are registered anew.
pub(crate) async fn guardian_is_back(
    tx: &mut Tx,
    hand: &mut Hand,
    guardian: &str,
    by: &str,
    now_us: i64,
) -> Result<u32, DeedError> {
    let mut wards = 0;
    for e in edge::of_account(tx, guardian).await? {
        let by_death = e.actor == guardian && e.kind == "guardian" && e.reason.as_deref() == Some("death");
        if by_death && ward_alone::close_of_death(tx, &e.principal, by, now_us).await? {
            wards += 1;
            tell(tx, hand.row_id(now_us), &e.principal, now_us, "ward_guardian_back").await?;
        }
    }
    Ok(wards)
}

/// Somebody came under guardianship: their own wards need another guardian.
pub(super) async fn lost_capacity(tx: &mut Tx, hand: &mut Hand, gone: &str, now_us: i64) -> Result<(), DeedError> {
    for e in edge::of_account(tx, gone).await? {
        if e.actor == gone && e.state == edge::State::Active {
            after_guardian(tx, hand, &e, "lost_capacity", now_us).await?;
        }
    }
    Ok(())
}
