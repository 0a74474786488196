//! What becomes of a reported death: taken back by an officer, or final when its thirty days are over. It does not know sources.

use super::WHY;
use crate::Province;
use crate::clock::MICROS;
use crate::crowds::count_holder;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::mandates::guardian_is_back;
use crate::residents::evidence;
use serde_json::json;
use std::sync::Arc;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::account::{self, State as Standing};
use yima_store::authenticator::{Authenticator, State as WayState};
use yima_store::death::{self, Death, State};
use yima_store::{binding, card, withdrawal};

/// So many in one go; the next go takes the next ones.
const AT_ONCE: u32 = 100;

impl Province {
    /// Takes a report back: phones, cards and ways to sign in are what they were. Mandates, posts and sessions ended for good,
    /// as others were told; they are made anew.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when nothing is reported, or it is final.
    pub async fn undo_death(&self, actor: &Actor, id: &str, why: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let why = evidence("reason", why)?;
        let (sealer, seals, mut hand) = (Arc::clone(&self.sealer), self.sealer_of_rows(), self.hand());
        let (id, notice, by) = (id.to_owned(), self.new_row_id(), actor.id().to_owned());
        self.short(
            Request::of(actor.clone(), Deed::UndoDeath).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let row = death::standing(tx, &id).await?.ok_or_else(nothing_reported)?;
                    let before = row.state;
                    let undone = Death {
                        state: State::Undone,
                        ended_at: Some(door.now_us),
                        undone_by: Some(by.clone()),
                        undone_why: Some(why.clone()),
                        ..row
                    };
                    if !death::change(tx, &undone).await? {
                        return Err(DeedError::Busy);
                    }
                    account::set_reported_dead(tx, &id, false).await?;
                    let after = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    if after.state == Standing::Active {
                        count_holder(tx, &sealer, &after, 1).await?;
                    }
                    withdrawal::undo(tx, &id, WHY).await?;
                    let mut ways = 0;
                    for way in seals.authenticators_of(tx, &id).await? {
                        let waits = way.state == WayState::Suspended && undone.ways.split(' ').any(|one| one == way.id);
                        if waits {
                            seals.change(tx, Authenticator { state: WayState::Active, ..way }).await?;
                            ways += 1;
                        }
                    }
                    tell(tx, notice, &id, door.now_us, "death_undone").await?;
                    let wards = guardian_is_back(tx, &mut hand, &id, &by, door.now_us).await?;
                    let detail = json!({ "before": before.as_str(), "reason": why, "wards": wards, "ways": ways });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    /// Makes confirmed deaths final whose time has come.
    pub(crate) async fn finish_deaths(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let due = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(death::due(tx, now_us, AT_ONCE).await?) }))
            .await?;
        for row in due {
            match self.finish_death(row).await {
                // Taken back in this moment.
                Err(DeedError::Conflict(_)) => {}
                other => other?,
            }
        }
        Ok(())
    }

    async fn finish_death(&self, row: Death) -> Result<(), DeedError> {
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let (seals, id) = (self.sealer_of_rows(), row.account);
        self.short(
            Request::of(Actor::System, Deed::FinishDeath).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let row = death::standing(tx, &id).await?.ok_or_else(nothing_reported)?;
                    let due = row.state == State::Confirmed && row.final_from.is_some_and(|at| at <= door.now_us);
                    if !due {
                        return Err(nothing_reported());
                    }
                    let reported_at = row.reported_at / MICROS;
                    let done = Death { state: State::Final, ended_at: Some(door.now_us), ..row };
                    if !death::change(tx, &done).await? {
                        return Err(nothing_reported());
                    }
                    account::set_state(tx, &id, Standing::Dead).await?;
                    seals.end_everything(tx, &id, WHY, door.now_us).await?;
                    seals.end_devices_of(tx, &id, WHY, door.now_us).await?;
                    card::revoke_all(tx, &id, WHY, door.now_us).await?;
                    binding::end_all(tx, &id, door.now_us).await?;
                    Ok(Done::plain(()).detail(json!({ "reported_at": reported_at, "state": "final" })))
                })
            },
        )
        .await
    }
}

fn nothing_reported() -> DeedError {
    DeedError::Conflict(Text::new(
        "没有可撤销的死亡登记：没有登记，或已经生效",
        "no death is reported that could be taken back: none was, or it is final",
    ))
}
