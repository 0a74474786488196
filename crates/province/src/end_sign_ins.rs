//! Ending sign-ins in number: all others of an account, and, at a counter, all of somebody who can't do it any more.
//! It does not know pages; an app at which such a sign-in stood is told that it ended.

use crate::Province;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::{StoreError, Tx, account, session};

impl Province {
    /// Ends every sign-in of a resident in browsers, as an officer whom they asked; how many. Their phones are told.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such resident; what the doorway refuses.
    pub async fn end_sign_ins_of(&self, officer: &Actor, resident: &str) -> Result<usize, DeedError> {
        let id = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let (notice_id, owner) = (self.new_row_id(), id.as_str().to_owned());
        let ended = self
            .short(
                Request::of(officer.clone(), Deed::EndSession).about(id),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        account::find(tx, &owner).await?.ok_or(DeedError::NotFound("resident"))?;
                        let reason = "ended_at_a_counter";
                        let ended = end_others(tx, &owner, "", reason, door.now_us).await?;
                        tell(tx, notice_id, &owner, door.now_us, "signed_out_at_a_counter").await?;
                        let detail = serde_json::json!({ "reason": reason, "sessions": ended });
                        Ok(Done::to(ended, owner).detail(detail))
                    })
                },
            )
            .await?;
        Ok(ended)
    }
}

/// Ends all sessions of an account but one (none is kept for ""), and the sign-ins at apps that came of them; how many.
pub(crate) async fn end_others(
    tx: &mut Tx,
    account: &str,
    keep: &str,
    reason: &'static str,
    now_us: i64,
) -> Result<usize, StoreError> {
    let ended = session::end_all_but(tx, account, keep, reason, now_us).await?;
    for id in &ended {
        crate::leave_apps::of_session(tx, id, reason, now_us).await?;
    }
    Ok(ended.len())
}

/// Ends the sessions of an account, but one, that a way to sign in opened.
pub(crate) async fn end_of_way(
    tx: &mut Tx,
    account: &str,
    way: &str,
    keep: &str,
    reason: &'static str,
    now_us: i64,
) -> Result<(), StoreError> {
    for open in session::of_account(tx, account, now_us).await? {
        if open.authenticator.as_deref() == Some(way) && open.id != keep {
            session::end(tx, account, &open.id, reason, now_us).await?;
            crate::leave_apps::of_session(tx, &open.id, reason, now_us).await?;
        }
    }
    Ok(())
}
