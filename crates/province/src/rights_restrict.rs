//! Switching the processing of one's data off, and on again: codes stop at once, and the page says why.
//! It does not know what an operator suspended: that stays as it is.

use crate::Province;
use crate::crowds::count_holder;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::rights::{RightsRow, holder};
use crate::rights_minor::{heard_by_guardians, not_a_child, not_against_guardian, tell_guardians};
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_keys::sealed::Sealer;
use yima_store::Tx;
use yima_store::account::{self, State as AccountState};
use yima_store::rights_request::{self, Change, State};
use yima_store::withdrawal;

/// Why tokens are withdrawn: by the person, by an operator.
const BY_PERSON: &str = "restricted";
pub(crate) const BY_OPERATOR: &str = "suspended";

impl Province {
    /// Switches processing off: no code of this person is accepted until they switch it on again. Their guardians are told.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is off already, or under 14, where a guardian does it.
    pub async fn restrict_data(&self, actor: &Actor) -> Result<RightsRow, DeedError> {
        let holder = holder(actor)?;
        let mut asking = self.asking(actor, &holder, Right::Restrict, None)?;
        let (hand, switch) = (self.hand(), self.switch());
        let id = holder.as_str().to_owned();
        let row = self
            .short(
                Request::of(actor.clone(), Deed::RestrictData).about(holder),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        account::changed(tx, &id).await?;
                        not_a_child(tx, &hand, &id, door.now_us).await?;
                        let told = heard_by_guardians(tx, &hand, &mut asking.row, false, door.now_us).await?;
                        switch.off(tx, &id, door.now_us).await?;
                        let row = asking.written(tx, door.now_us, "restricted").await?;
                        tell_guardians(tx, &told, &row, false, door.now_us).await?;
                        let detail = serde_json::json!({ "request": row.id });
                        Ok(Done::plain(row).detail(detail))
                    })
                },
            )
            .await?;
        self.bundle_due.notify_one();
        self.opened(&row)
    }

    /// Switches processing on again. What an operator suspended stays suspended.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is on, or when a guardian switched it off and the actor is under 14.
    pub async fn lift_restriction(&self, actor: &Actor) -> Result<(), DeedError> {
        let holder = holder(actor)?;
        let (hand, switch) = (self.hand(), self.switch());
        let (id, by, notice) = (holder.as_str().to_owned(), actor.id().to_owned(), self.new_row_id());
        self.short(
            Request::of(actor.clone(), Deed::LiftRestriction).about(holder),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    if let Some(row) = rights_request::restriction(tx, &id).await? {
                        not_against_guardian(tx, &hand, &row, door.now_us).await?;
                    }
                    switch.on(tx, &id, &by, door.now_us).await?;
                    tell(tx, notice, &id, door.now_us, "restriction_lifted").await?;
                    Ok(Done::plain(()))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    pub(crate) fn switch(&self) -> Switch {
        Switch { sealer: Arc::clone(&self.sealer), from_day: Day::of(self.now_u32()).0.saturating_sub(2) }
    }
}

/// Switches the processing of an account off and on; lock the account first.
#[derive(Clone)]
pub(crate) struct Switch {
    sealer: Arc<Sealer>,
    /// What was drawn for this day and later can still be shown.
    from_day: u16,
}

impl Switch {
    /// Off: nothing that was drawn counts.
    pub async fn off(&self, tx: &mut Tx, id: &str, now_us: i64) -> Result<(), DeedError> {
        let before = account::find(tx, id).await?.ok_or(DeedError::NotFound("resident"))?;
        if !account::set_restricted(tx, id, true).await? {
            return Err(DeedError::Conflict(Text::new("处理已经停了", "processing is switched off already")));
        }
        if before.state == AccountState::Active {
            count_holder(tx, &self.sealer, &before, -1).await?;
        }
        withdrawal::account(tx, id, self.from_day, BY_PERSON, now_us).await?;
        Ok(())
    }

    /// On again; the request by which it was off is over.
    pub async fn on(&self, tx: &mut Tx, id: &str, by: &str, now_us: i64) -> Result<(), DeedError> {
        if !account::set_restricted(tx, id, false).await? {
            return Err(DeedError::Conflict(Text::new("处理没有停", "processing is not switched off")));
        }
        let after = account::find(tx, id).await?.ok_or(DeedError::NotFound("resident"))?;
        if after.state == AccountState::Active {
            count_holder(tx, &self.sealer, &after, 1).await?;
            good_again(tx, id).await?;
        }
        if let Some(row) = rights_request::restriction(tx, id).await? {
            let change = Change { from: State::Done, to: State::Stopped, by, at: now_us, sealed_answer: None };
            rights_request::change(tx, &row.id, change).await?;
        }
        Ok(())
    }
}

/// Takes back the withdrawals of an account that nobody stops any more.
pub(crate) async fn good_again(tx: &mut Tx, id: &str) -> Result<(), DeedError> {
    withdrawal::undo(tx, id, BY_PERSON).await?;
    withdrawal::undo(tx, id, BY_OPERATOR).await?;
    Ok(())
}
