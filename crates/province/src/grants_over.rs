//! What people allowed apps and that ran out: it ends as if it had been taken back, and the app is told to delete, with the
//! same clock (rule R32). It does not know who renews in time, nor how an app is told.

use crate::Province;
use crate::allow_app::grant_fields;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::leave_apps;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::app_grant::{self, Grant, State};
use yima_store::{account, family};

/// The word by which it is told from one that its person took back.
pub(crate) const OVER: &str = "over";
/// So many in one go; the next go takes the next ones.
const AT_ONCE: u32 = 200;

impl Province {
    /// Ends the grants whose time is over.
    pub(crate) async fn end_grants_over(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let over = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(app_grant::over(tx, now_us, AT_ONCE).await?) }))
            .await?;
        for grant in over {
            let id = grant.id.clone();
            match self.end_grant(grant).await {
                // Given anew or taken back in this moment.
                Ok(()) | Err(DeedError::NotFound(_)) => {}
                Err(error) => tracing::warn!(%error, id, "a grant that ran out was not ended, and is tried again"),
            }
        }
        Ok(())
    }

    async fn end_grant(&self, known: Grant) -> Result<(), DeedError> {
        let subject = AccountId::parse(&known.account).map_err(DeedError::internal)?;
        let (seals, reference) = (self.sealer_of_rows(), self.random_text());
        self.short(
            Request::of(Actor::System, Deed::EndAppGrant).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &known.account).await?;
                    let grant = app_grant::find(tx, &known.id).await?;
                    let grant = grant.filter(|grant| grant.state == State::Given && grant.until_at <= door.now_us);
                    let grant = grant.ok_or(DeedError::NotFound("app"))?;
                    let told = family::live_of_grant(tx, &grant.id).await?;
                    let after = Grant { state: State::Withdrawn, version: grant.version + 1, ..grant.clone() };
                    let seal = seals.seal("app_grant", &after.id, after.version, &grant_fields(&after));
                    if !app_grant::withdraw(tx, &grant, OVER, door.now_us, &seal).await? {
                        return Err(DeedError::NotFound("app"));
                    }
                    leave_apps::tell(tx, &told, door.now_us).await?;
                    leave_apps::tell_grant_ended(tx, &grant, reference, door.now_us).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "client": grant.client, "grant": grant.id })))
                })
            },
        )
        .await
    }
}
