//! Switching the processing of one's data off, and on again: codes stop at once, and the page says why.
//! It does not know what an operator suspended: that stays as it is.

use crate::Province;
use crate::crowds::count_holder;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::rights::{RightsRow, holder};
use std::sync::Arc;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_store::account::{self, State as AccountState};
use yima_store::rights_request::{self, Change, State};
use yima_store::withdrawal;

/// Why tokens are withdrawn: by the person, by an operator.
const BY_PERSON: &str = "restricted";
pub(crate) const BY_OPERATOR: &str = "suspended";

impl Province {
    /// Switches processing off: no code of this person is accepted until they switch it on again.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is off already.
    pub async fn restrict_data(&self, actor: &Actor) -> Result<RightsRow, DeedError> {
        let holder = holder(actor)?;
        let asking = self.asking(actor, &holder, Right::Restrict, None)?;
        let from_day = Day::of(self.now_u32()).0.saturating_sub(2);
        let sealer = Arc::clone(&self.sealer);
        let id = holder.as_str().to_owned();
        let row = self
            .short(
                Request::of(actor.clone(), Deed::RestrictData).about(holder),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        account::changed(tx, &id).await?;
                        let before = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        if !account::set_restricted(tx, &id, true).await? {
                            return Err(DeedError::Conflict(Text::new(
                                "处理已经停了",
                                "processing is switched off already",
                            )));
                        }
                        if before.state == AccountState::Active {
                            count_holder(tx, &sealer, &before, -1).await?;
                        }
                        withdrawal::account(tx, &id, from_day, BY_PERSON, door.now_us).await?;
                        let row = asking.written(tx, door.now_us, "restricted").await?;
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
    /// [`DeedError::Conflict`] when it is on.
    pub async fn lift_restriction(&self, actor: &Actor) -> Result<(), DeedError> {
        let holder = holder(actor)?;
        let sealer = Arc::clone(&self.sealer);
        let (id, by, notice) = (holder.as_str().to_owned(), actor.id().to_owned(), self.new_row_id());
        self.short(
            Request::of(actor.clone(), Deed::LiftRestriction).about(holder),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    if !account::set_restricted(tx, &id, false).await? {
                        return Err(DeedError::Conflict(Text::new("处理没有停", "processing is not switched off")));
                    }
                    let after = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    if after.state == AccountState::Active {
                        count_holder(tx, &sealer, &after, 1).await?;
                        good_again(tx, &id).await?;
                    }
                    if let Some(row) = rights_request::restriction(tx, &id).await? {
                        let change = Change {
                            from: State::Done,
                            to: State::Stopped,
                            by: &by,
                            at: door.now_us,
                            sealed_answer: None,
                        };
                        rights_request::change(tx, &row.id, change).await?;
                    }
                    tell(tx, notice, &id, door.now_us, "restriction_lifted").await?;
                    Ok(Done::plain(()))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }
}

/// Takes back the withdrawals of an account that nobody stops any more.
pub(crate) async fn good_again(tx: &mut yima_store::Tx, id: &str) -> Result<(), DeedError> {
    withdrawal::undo(tx, id, BY_PERSON).await?;
    withdrawal::undo(tx, id, BY_OPERATOR).await?;
    Ok(())
}
