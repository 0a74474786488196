//! The kiosk's side: a short code opens the visit that waits for it, and gives this browser a session of no more than the visit.
//! It does not know cookies.

use super::{CODE_S, over};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::person_sessions::{NewPersonSession, OpenSession, begin};
use crate::signing_in::Browser;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::visit::{self, State, Visit as Row};
use yima_store::{Tx, account, uses};

impl Province {
    /// Opens the visit of a code, once. Unknown, used and late codes look alike.
    ///
    /// # Errors
    /// [`DeedError::SignIn`]; [`DeedError::Conflict`] when the visit ended meanwhile.
    pub async fn open_visit(&self, browser: &Browser, code: &str) -> Result<NewPersonSession, DeedError> {
        let (hash, now_us) = (self.visit_code_hash(code), self.now_us());
        let waiting = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(visit::by_code(tx, &hash).await?) }))
            .await?;
        let row = waiting.filter(|row| now_us < row.begun_at + CODE_S * MICROS).ok_or(DeedError::SignIn)?;
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let wish = OpenSession {
            account: subject.clone(),
            acr: Acr::Assisted,
            amr: Vec::new(),
            label: browser.label.clone(),
            authenticator: None,
            known_device: false,
        };
        let (session, opened) = self.session_until(&wish, row.until_at);
        let (seals, id, account) = (self.sealer_of_rows(), row.id, row.account);
        self.short(
            Request::of(Actor::Stranger, Deed::OpenVisit).about(subject),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    let holder = account::find(tx, &account).await?.ok_or(DeedError::SignIn)?;
                    Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    let row = visit::find(tx, &id).await?.ok_or(DeedError::SignIn)?;
                    let row = seals.trusted(row)?;
                    if row.state != State::Waiting || row.until_at <= door.now_us {
                        return Err(over());
                    }
                    is_a_use(tx, &row).await?;
                    begin(tx, &session).await?;
                    let open = Row { state: State::Open, session: Some(session.id.clone()), ..row };
                    let row = seals.change_visit(tx, open).await?;
                    let detail = json!({
                        "session": session.id, "acr": session.acr,
                        "visit": { "id": row.id, "officer": row.officer, "site": row.site },
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        Ok(opened)
    }
}

/// The officer stands in the ledger before anything opens.
async fn is_a_use(tx: &mut Tx, row: &Row) -> Result<(), DeedError> {
    let found = uses::find(tx, &row.begun_use).await?.is_some_and(|found| {
        found.actor == row.officer
            && found.deed == Deed::BeginVisit.as_str()
            && found.outcome == "done"
            && found.account.as_deref() == Some(row.account.as_str())
    });
    if found {
        return Ok(());
    }
    tracing::error!(alarm = "visit_use", visit = row.id, "a visit without the use of its officer");
    Err(DeedError::internal("a visit without the use of its officer"))
}
