//! Proving more in a session that is open: the challenge is bound to the session and to the text of the deed that the
//! person sees, and the session has a new secret afterwards. It does not know which deed it is for.

use super::passkey::{For, acr_of, amr_of, not_proven, take};
use super::{Browser, PasskeyAsked, password};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{self, NewPersonSession, Person, Proof, facts_to_change};
use serde_json::json;
use yima_kernel::access::Request;
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_store::Tx;
use yima_store::authenticator::Kind;
use yima_store::session::{self, Session};

impl Province {
    /// Asks a signed-in person for a proof with one of their own passkeys, about this text.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when they have none.
    pub async fn ask_step_up(&self, person: &Person, text: &str) -> Result<PasskeyAsked, DeedError> {
        person.can_be_raised()?;
        let rows = self.active_of(person.account.as_str()).await?;
        let bodies: Vec<String> = rows
            .iter()
            .filter(|row| row.kind == Kind::Passkey)
            .filter_map(|row| String::from_utf8(row.body.clone()).ok())
            .collect();
        if bodies.is_empty() {
            return Err(DeedError::NotFound("passkey"));
        }
        let asked = self.party()?.ask_proof(self.chance.bytes(), &bodies).map_err(not_proven)?;
        self.keep_challenge(asked, &step_up(person, text)).await
    }

    /// Raises a session by a passkey. `token` is the session's, so that only its own browser can raise it.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for whatever does not hold.
    pub async fn step_up_with_passkey(
        &self,
        person: &Person,
        token: &str,
        ask: &str,
        answer: &str,
        text: &str,
    ) -> Result<NewPersonSession, DeedError> {
        person.can_be_raised()?;
        let answered = self.answered(ask, &step_up(person, text)).await?;
        let proven = self.proven_passkey(&answered, answer, Some(person.account.as_str())).await?;
        let (seals, secret, old, now_us) =
            (self.sealer_of_rows(), self.chance.bytes(), token.to_owned(), self.now_us());
        let (actor, asking) = (person.actor(), person.actor());
        self.short(
            Request::of(actor, Deed::StepUp).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &asking, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    proven.use_now(tx, &seals, door.now_us).await?;
                    let row = own_session(tx, &old, door.now_us).await?;
                    let acr = acr_of(&proven.row, door.now_us);
                    let proof = Proof { acr, amr: amr_of(&proven.row), authenticator: proven.row.id.clone() };
                    let raised = person_sessions::raise(tx, &seals, &row, proof, secret, door.now_us).await?;
                    take(tx, &answered.ask_hash, door.now_us).await?;
                    let detail = json!({ "session": row.id, "acr": acr.as_str(), "authenticator": proven.row.id });
                    Ok(Done::plain(raised).detail(detail))
                })
            },
        )
        .await
    }

    /// Raises a session by password and second factor.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for whatever does not hold.
    pub async fn step_up_with_password(
        &self,
        person: &Person,
        token: &str,
        browser: &Browser,
        password: &str,
        digits: &str,
    ) -> Result<NewPersonSession, DeedError> {
        person.can_be_raised()?;
        let room = self.hash_room()?;
        let tries = self.tries_of(Some(person.account.as_str()), "", browser);
        let may = self.may_try(&tries).await?;
        let account = may.then_some(person.account.as_str());
        let Some(proven) = self.proven_password(room, account, password, digits).await? else {
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        };
        let (seals, secret, old, now_us) =
            (self.sealer_of_rows(), self.chance.bytes(), token.to_owned(), self.now_us());
        let (actor, asking) = (person.actor(), person.actor());
        self.short(
            Request::of(actor, Deed::StepUp).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &asking, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    proven.use_now(tx, &seals, door.now_us).await?;
                    let row = own_session(tx, &old, door.now_us).await?;
                    let id = proven.password.id.clone();
                    let proof = Proof { acr: Acr::TwoFactor, amr: password::AMR, authenticator: id };
                    let raised = person_sessions::raise(tx, &seals, &row, proof, secret, door.now_us).await?;
                    Self::right_try(tx, &tries).await?;
                    Ok(Done::plain(raised).detail(json!({ "session": row.id, "acr": Acr::TwoFactor.as_str() })))
                })
            },
        )
        .await
    }
}

fn step_up<'a>(person: &'a Person, text: &'a str) -> For<'a> {
    For {
        what: "step-up",
        holder: person.session.as_str(),
        account: Some(person.account.as_str()),
        text,
        user_handle: None,
    }
}

/// The row of the session whose token this is.
async fn own_session(tx: &mut Tx, token: &str, now_us: i64) -> Result<Session, DeedError> {
    let (secret, _) = person_sessions::split(token).ok_or(DeedError::SignIn)?;
    let hash = person_sessions::secret_hash(&secret);
    Ok(session::by_token(tx, &hash, now_us).await?.ok_or(DeedError::SignIn)?.0)
}
