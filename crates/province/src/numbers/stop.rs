//! A change of number that waits: seen, stopped by one touch on any device or browser of the account or by the message to
//! the old number, and done once its hold is over. It does not know who asked for one.

use super::{held, over, spot};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::one_touch::facts_to_stop;
use crate::rights::holder;
use crate::signing_in::bound_hash;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::number::{self, Change, State};
use yima_store::{account, one_time};

/// A change of one's own number that can be stopped.
#[derive(Clone, Debug)]
pub struct StandingNumberChange {
    /// `num_…`
    pub id: String,
    /// The new number, `138****8000`.
    pub masked: String,
    /// Unix seconds from which it counts.
    pub due_at: i64,
}

impl Province {
    /// The change of number of this account that can be stopped, if one waits.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn standing_number_change(&self, actor: &Actor) -> Result<Option<StandingNumberChange>, DeedError> {
        let me = holder(actor)?;
        let id = me.as_str().to_owned();
        let row = self
            .look(Request::of(actor.clone(), Deed::SeeRecord).about(me), Facts::default(), move |tx| {
                Box::pin(async move { Ok(number::waiting(tx, &id).await?) })
            })
            .await?;
        row.map(|row| self.number_standing(&row)).transpose()
    }

    pub(super) fn number_standing(&self, row: &Change) -> Result<StandingNumberChange, DeedError> {
        Ok(StandingNumberChange {
            masked: self.phone_in(row)?.masked(),
            id: row.id.clone(),
            due_at: row.due_at / MICROS,
        })
    }

    /// Stops a change of one's own number.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for anybody else's; [`DeedError::Conflict`] when it is over.
    pub async fn stop_number_change(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let me = holder(actor)?;
        let account = me.to_string();
        self.stop_number(Request::of(actor.clone(), Deed::StopNumberChange).about(me), account, id.to_owned()).await
    }

    /// Stops the change that a message to the old number told of.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for an address that opens nothing; [`DeedError::Conflict`] when it is over.
    pub async fn stop_number_change_by_link(&self, link: &str) -> Result<(), DeedError> {
        let hash = bound_hash("stop-number", link);
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { number::by_stop(tx, &hash).await?.ok_or(DeedError::SignIn) })
            })
            .await?;
        self.stop_number(Request::of(Actor::Stranger, Deed::StopNumberChange), row.account, row.id).await
    }

    async fn stop_number(&self, request: Request, account: String, id: String) -> Result<(), DeedError> {
        let (seals, notice_id, now_us) = (self.sealer_of_rows(), self.new_row_id(), self.now_us());
        let (locked, actor) = (account.clone(), request.actor.clone());
        self.short(
            request,
            move |tx| Box::pin(async move { Ok((facts_to_stop(tx, &locked, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = number::find(tx, &id).await?.filter(|row| row.account == account);
                    let row = seals.trusted(row.ok_or(DeedError::NotFound("change of number"))?)?;
                    if row.state != State::Waiting {
                        return Err(over());
                    }
                    seals.end_number(tx, row, State::Stopped, door.now_us).await?;
                    tell(tx, notice_id, &account, door.now_us, "number_change_stopped").await?;
                    Ok(Done::to((), account).detail(json!({ "change": id })))
                })
            },
        )
        .await
    }

    /// Does a change whose hold is over. Its number was proven when it was asked for.
    pub(super) async fn change_number(&self, row: Change) -> Result<(), DeedError> {
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        // Sealed anew under the key of today.
        let phone = self.phone_in(&row)?;
        let sealed = self.sealer.seal(&phone, spot(&row.account), &mut self.chance.rng()).into_bytes();
        let (seals, notice_id, id) = (self.sealer_of_rows(), self.new_row_id(), row.id.clone());
        let done = self
            .short(
                Request::of(Actor::System, Deed::ChangeNumber).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        account::changed(tx, &row.account).await?;
                        let active = account::find(tx, &row.account).await?;
                        let active = active.is_some_and(|one| one.state == account::State::Active);
                        if !active || held(tx, &row.account, door.now_us).await? {
                            return Err(DeedError::NotFound("change of number"));
                        }
                        let found = number::find(tx, &row.id).await?.ok_or(DeedError::NotFound("change of number"))?;
                        let found = seals.trusted(found)?;
                        if found.state != State::Waiting || found.due_at > door.now_us {
                            return Err(over());
                        }
                        let (account, asked_at) = (found.account.clone(), found.asked_at);
                        seals.end_number(tx, found, State::Done, door.now_us).await?;
                        account::set_phone(tx, &account, Some(&sealed)).await?;
                        number::proved(tx, &account, asked_at).await?;
                        one_time::end_of_account(tx, "otp", &account, door.now_us).await?;
                        tell(tx, notice_id, &account, door.now_us, "number_changed").await?;
                        Ok(Done::plain(()).detail(json!({ "change": id })))
                    })
                },
            )
            .await;
        match done {
            // Waits for the end of a recovery's hold or a suspension, or was stopped meanwhile.
            Err(DeedError::NotFound(_) | DeedError::Conflict(_)) => Ok(()),
            other => other,
        }
    }
}
