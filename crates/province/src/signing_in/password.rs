//! Signing in with a password and a second factor. Unknown names, wrong passwords, wrong digits, closed accounts and
//! those that wait are one answer, at the cost of one hash. It does not know pages.

use super::authenticators::Fresh;
use super::lockout::Tries;
use super::password_rules::may_be_a_password;
use super::{Browser, SignedInNow};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::password::verify;
use crate::person_sessions::{OpenSession, begin};
use crate::sign_in::{hash, hashed};
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::authenticator::{self, Authenticator, Kind, State};
use yima_store::{Tx, account};

/// Methods (RFC 8176).
pub(crate) const AMR: &[&str] = &["pwd", "otp", "mfa"];

/// What somebody brings.
pub struct PasswordSignIn {
    /// ID number or sign-in name.
    pub identifier: String,
    /// Password.
    pub password: String,
    /// Six digits (RFC 6238).
    pub digits: String,
}

/// A password and a second factor that were right, at versions of their rows.
pub(crate) struct ProvenPassword {
    pub password: Authenticator,
    totp: Authenticator,
    step: i64,
}

impl Province {
    /// Signs in with a password and a second factor.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for whatever does not hold; [`DeedError::Busy`] when too many passwords are being hashed.
    pub async fn sign_in_with_password(
        &self,
        browser: &Browser,
        wish: PasswordSignIn,
    ) -> Result<SignedInNow, DeedError> {
        let room = self.hash_room()?;
        let holder = self.account_named(&wish.identifier).await?;
        let tries = self.tries_of(holder.as_ref().map(|row| row.id.as_str()), &wish.identifier, browser);
        let may = self.may_try(&tries).await?;
        let id = holder.as_ref().map(|row| row.id.clone()).filter(|_| may);
        let Some(proven) = self.proven_password(room, id.as_deref(), &wish.password, &wish.digits).await? else {
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        };
        self.open_by_password(browser, proven, tries).await
    }

    async fn open_by_password(
        &self,
        browser: &Browser,
        proven: ProvenPassword,
        tries: Tries,
    ) -> Result<SignedInNow, DeedError> {
        let owner = proven.password.account.clone();
        let wish = OpenSession {
            account: AccountId::parse(&owner).map_err(DeedError::internal)?,
            acr: Acr::TwoFactor,
            amr: AMR.to_vec(),
            label: browser.label.clone(),
            authenticator: Some(proven.password.id.clone()),
            known_device: tries.known,
        };
        let known = self.known_from_now(&browser.known, &owner);
        let (session, opened) = self.fresh_session(&wish);
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &owner).await?;
                    proven.use_now(tx, &seals, door.now_us).await?;
                    begin(tx, &session).await?;
                    Self::right_try(tx, &tries).await?;
                    let detail = json!({ "session": session.id, "acr": session.acr, "known_device": tries.known });
                    Ok(Done::to((), owner).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: Some(known) })
    }

    /// Checks a password and its second factor; one hash is spent in any case, for nobody's account as well.
    pub(crate) async fn proven_password(
        &self,
        room: OwnedSemaphorePermit,
        account: Option<&str>,
        password: &str,
        digits: &str,
    ) -> Result<Option<ProvenPassword>, DeedError> {
        let rows = match account {
            Some(id) => self.active_of(id).await?,
            None => Vec::new(),
        };
        let of = |kind: Kind| rows.iter().find(|row| row.kind == kind).cloned();
        let (Some(stored), Some(totp)) = (of(Kind::Password), of(Kind::Totp)) else {
            let (typed, mut rng) = (password.to_owned(), self.chance.rng());
            hashed(room, move || hash(&typed, &mut rng).map(drop)).await??;
            return Ok(None);
        };
        let phc = String::from_utf8(stored.body.clone()).map_err(DeedError::internal)?;
        let typed = password.to_owned();
        let good = hashed(room, move || verify(&phc, &typed)).await?;
        let step = self.person_step(&totp, digits)?;
        Ok(step.filter(|_| good).map(|step| ProvenPassword { password: stored, totp, step }))
    }

    /// The active authenticators of an account.
    pub(crate) async fn active_of(&self, account: &str) -> Result<Vec<Authenticator>, DeedError> {
        let (seals, id) = (self.sealer_of_rows(), account.to_owned());
        let rows = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { seals.authenticators_of(tx, &id).await }))
            .await?;
        Ok(rows.into_iter().filter(|row| row.state == State::Active).collect())
    }

    /// A new password's row, hashed under the budget; it may not be made of one's own sign-in name.
    pub(crate) async fn fresh_password(&self, password: &str, own_name: Option<&str>) -> Result<Fresh, DeedError> {
        may_be_a_password(password, own_name.as_slice())?;
        let (typed, mut rng) = (password.to_owned(), self.chance.rng());
        let phc = self.hashing(move || hash(&typed, &mut rng)).await??;
        Ok(Fresh { body: phc.into_bytes(), ..Fresh::new(self.new_authenticator_id(), Kind::Password, "password") })
    }
}

impl ProvenPassword {
    /// Uses both in a deed whose account is locked; the step of the second factor moves forward once.
    pub(crate) async fn use_now(
        &self,
        tx: &mut Tx,
        seals: &crate::row_seal::RowSealer,
        now_us: i64,
    ) -> Result<(), DeedError> {
        for proven in [&self.password, &self.totp] {
            let row = authenticator::find(tx, &proven.id).await?.ok_or(DeedError::SignIn)?;
            if row.version != proven.version || row.state != State::Active {
                return Err(DeedError::SignIn);
            }
        }
        seals.change(tx, Authenticator { step: self.step, used_at: Some(now_us), ..self.totp.clone() }).await?;
        Ok(authenticator::used(tx, &self.password.id, now_us).await?)
    }
}
