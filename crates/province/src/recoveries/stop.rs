//! Stopping a recovery by one touch: any device or browser of the account, a guardian, or the address in the message to
//! the telephone. It undoes what the recovery made: the new ways to sign in end, those that waited come back, and so do phones.

use super::{guardians, over, phones, tell_all};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::one_touch::facts_to_stop;
use crate::rights::holder;
use crate::row_seal::RowSealer;
use crate::signing_in::bound_hash;
use serde_json::json;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::authenticator::{Authenticator, State as WayState};
use yima_store::recovery::{self, By, Recovery, State};
use yima_store::{Tx, account, one_time, session};

impl Province {
    /// Stops a recovery of one's own account, or of somebody in one's care.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for anybody else's; [`DeedError::Conflict`] when it is over.
    pub async fn stop_recovery(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let me = holder(actor)?;
        let account = self.recovery_row(id).await?.account;
        let by = me.as_str().to_owned();
        self.stop(Request::of(actor.clone(), Deed::StopRecovery).about(me), account, id.to_owned(), Some(by), None)
            .await
    }

    /// Stops the recovery that a message to the telephone told of.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for an address that opens nothing; [`DeedError::Conflict`] when it is over.
    pub async fn stop_recovery_by_link(&self, link: &str) -> Result<(), DeedError> {
        let hash = bound_hash("stop", link);
        let wanted = hash.clone();
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { recovery::by_stop(tx, &wanted).await?.ok_or(DeedError::SignIn) })
            })
            .await?;
        self.stop(Request::of(Actor::Stranger, Deed::StopRecovery), row.account, row.id, None, Some(hash)).await
    }

    async fn stop(
        &self,
        request: Request,
        account: String,
        id: String,
        by: Option<String>,
        link: Option<Vec<u8>>,
    ) -> Result<(), DeedError> {
        let (mut hand, seals) = (self.hand(), self.sealer_of_rows());
        let (locked, actor, now_us) = (account.clone(), request.actor.clone(), self.now_us());
        let stopped = self.short(
            request,
            move |tx| Box::pin(async move { Ok((facts_to_stop(tx, &locked, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = recovery::find(tx, &id).await?.ok_or(DeedError::NotFound("recovery"))?;
                    let row = seals.trusted(row)?;
                    if let Some(by) = by.filter(|by| *by != account)
                        && !guardians(tx, &hand, &account, door.now_us).await?.contains(&by)
                    {
                        return Err(DeedError::NotFound("recovery"));
                    }
                    if link.is_some_and(|link| link != row.stop_hash) {
                        return Err(DeedError::SignIn);
                    }
                    let was_held = row.state == State::Held;
                    let stands = match row.state {
                        State::Asked | State::Approved => row.expires_at > door.now_us,
                        State::Held => row.hold_until.is_some_and(|until| until > door.now_us),
                        _ => false,
                    };
                    if !stands {
                        return Err(over());
                    }
                    let stopped = Recovery { state: State::Stopped, ended_at: Some(door.now_us), ..row };
                    let row = seals.change_recovery(tx, stopped).await?;
                    let mut detail = json!({ "recovery": row.id });
                    if was_held {
                        undo(tx, &seals, &row, door.now_us).await?;
                        let (resumed, ended) = phones::resume(tx, &hand, &row, door.now_us).await?;
                        detail["phones_ended"] = ended.into();
                        detail["phones_resumed"] = resumed.into();
                    }
                    tell_all(tx, &mut hand, &row.account, door.now_us, "recovery_stopped").await?;
                    Ok(Done::to((), row.account).detail(detail))
                })
            },
        );
        stopped.await?;
        self.bundle_due.notify_one();
        Ok(())
    }
}

/// The new ways end with every session; those that waited since open again; the proofing is what it was.
async fn undo(tx: &mut Tx, seals: &RowSealer, row: &Recovery, now_us: i64) -> Result<(), DeedError> {
    const WHY: &str = "recovery_stopped";
    session::end_all_but(tx, &row.account, "", WHY, now_us).await?;
    crate::leave_apps::of_account(tx, &row.account, WHY, now_us).await?;
    one_time::end_of_account(tx, "join", &row.account, now_us).await?;
    let of = |list: &str, id: &str| list.split(' ').any(|one| one == id);
    for way in seals.authenticators_of(tx, &row.account).await? {
        if of(&row.made, &way.id) {
            let ended = Authenticator { state: WayState::Ended, ended_at: Some(now_us), ..way };
            seals.change(tx, ended).await?;
        } else if way.state == WayState::Suspended && of(&row.suspended, &way.id) {
            seals.change(tx, Authenticator { state: WayState::Active, ..way }).await?;
        }
    }
    if row.by == By::Officers {
        account::set_proofing(tx, &row.account, row.proofing_before, false).await?;
    }
    Ok(())
}
