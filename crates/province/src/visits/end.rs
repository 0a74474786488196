//! A visit ends when the officer or the resident says so, or when another one opens in the same browser; what the kiosk was given
//! ends with it. One that is over by its time ended by itself. It does not know the kiosk's cookies.

use super::{end, over};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::Person;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, VisitId};
use yima_kernel::subject::Actor;
use yima_store::account;
use yima_store::visit::{self, State};

impl Province {
    /// Ends a visit, as an officer.
    ///
    /// # Errors
    /// [`DeedError::NotFound`]; [`DeedError::Conflict`] when it is over.
    pub async fn end_visit(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let id = VisitId::parse(id).map_err(|_| DeedError::NotFound("visit"))?.as_str().to_owned();
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { visit::find(tx, &id).await?.ok_or(DeedError::NotFound("visit")) })
            })
            .await?;
        let about = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        self.end_this(Request::of(actor.clone(), Deed::EndVisit).about(about), row.id, "officer").await
    }

    /// Ends the visit in which this person is signed in, as the resident at the kiosk.
    ///
    /// # Errors
    /// As [`Province::end_visit`].
    pub async fn leave_visit(&self, person: &Person) -> Result<(), DeedError> {
        let session = person.session.as_str().to_owned();
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { visit::of_session(tx, &session).await?.ok_or(DeedError::NotFound("visit")) })
            })
            .await?;
        let request = Request::of(person.actor(), Deed::EndVisit).about(person.account.clone());
        self.end_this(request, row.id, "resident").await
    }

    async fn end_this(&self, request: Request, id: String, reason: &'static str) -> Result<(), DeedError> {
        let seals = self.sealer_of_rows();
        let account = request.subject.as_ref().map(|one| one.as_str().to_owned()).unwrap_or_default();
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    Ok((Facts::default(), account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    let row = visit::find(tx, &id).await?.filter(|row| row.account == account);
                    let row = seals.trusted(row.ok_or(DeedError::NotFound("visit"))?)?;
                    if row.state == State::Ended || row.until_at <= door.now_us {
                        return Err(over());
                    }
                    let row = end(tx, &seals, row, reason, door.now_us).await?;
                    let said = json!({ "id": row.id, "officer": row.officer, "site": row.site });
                    Ok(Done::plain(()).detail(json!({ "reason": reason, "visit": said })))
                })
            },
        )
        .await
    }
}
