//! Signing in with a passkey, without a user name: the challenge is one row, bound to the asking browser, and the answer
//! opens a session. It does not know Web Authentication; `yima_passkey` judges the answers.

use super::authenticators::Fresh;
use super::{Browser, SignedInNow, bound_hash};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{OpenSession, begin};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_passkey::{Asked, PasskeyError};
use yima_store::Tx;
use yima_store::authenticator::{self, Authenticator, Kind, State};
use yima_store::one_time::{self, OneTime};

/// A challenge lives so long (R8).
const CHALLENGE_S: i64 = 300;
/// Longest answer that is read, bytes.
const ANSWER_MAX: usize = 16 * 1024;
const KIND: &str = "passkey";

/// What a browser is asked.
#[derive(Clone, Debug)]
pub struct PasskeyAsked {
    /// Given back with the answer.
    pub ask: String,
    /// For `navigator.credentials`, binary fields in base64url.
    pub options: serde_json::Value,
}

/// For whom and what a challenge is.
pub(crate) struct For<'a> {
    /// `sign-in`, `step-up`, `add`, `join`.
    pub what: &'a str,
    /// The cookie of the browser, or the id of the session: nobody else can answer it.
    pub holder: &'a str,
    pub account: Option<&'a str>,
    /// Text that the person sees meanwhile; its hash is kept with the challenge.
    pub text: &'a str,
    /// For a new passkey: 32 random bytes that stand for the account.
    pub user_handle: Option<[u8; 32]>,
}

/// An answer with the row that it may take, not yet taken.
pub(crate) struct Answered {
    pub ask_hash: Vec<u8>,
    pub state: String,
    pub user_handle: Option<[u8; 32]>,
}

/// A passkey that proved itself, at a version of its row.
#[derive(Clone)]
pub(crate) struct ProvenPasskey {
    pub row: Authenticator,
    changed: Option<String>,
}

impl Province {
    /// Asks a browser for a proof with any passkey of this site.
    ///
    /// # Errors
    /// Where passkeys can't be used.
    pub async fn ask_passkey(&self, browser: &Browser) -> Result<PasskeyAsked, DeedError> {
        let asked = self.party()?.ask_proof(self.chance.bytes(), &[]).map_err(not_proven)?;
        let wanted = For { what: "sign-in", holder: &browser.cookie, account: None, text: "", user_handle: None };
        self.keep_challenge(asked, &wanted).await
    }

    /// Signs in with a passkey. Whatever does not hold is one answer.
    ///
    /// # Errors
    /// [`DeedError::SignIn`].
    pub async fn sign_in_with_passkey(
        &self,
        browser: &Browser,
        ask: &str,
        answer: &str,
    ) -> Result<SignedInNow, DeedError> {
        let wanted = For { what: "sign-in", holder: &browser.cookie, account: None, text: "", user_handle: None };
        let answered = self.answered(ask, &wanted).await?;
        let proven = self.proven_passkey(&answered, answer, None).await?;
        let now_us = self.now_us();
        let wish = OpenSession {
            account: AccountId::parse(&proven.row.account).map_err(DeedError::internal)?,
            acr: acr_of(&proven.row, now_us),
            amr: amr_of(&proven.row).to_vec(),
            label: browser.label.clone(),
            authenticator: Some(proven.row.id.clone()),
            known_device: self.known_device(&browser.known, &proven.row.account).is_some(),
        };
        let known = self.known_from_now(&browser.known, &proven.row.account);
        let (session, opened) = self.fresh_session(&wish);
        let (seals, account) = (self.sealer_of_rows(), proven.row.account.clone());
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    // Locks the account, before any other row.
                    begin(tx, &session).await?;
                    proven.use_now(tx, &seals, door.now_us).await?;
                    take(tx, &answered.ask_hash, door.now_us).await?;
                    let detail = json!({ "session": session.id, "acr": session.acr, "authenticator": proven.row.id });
                    Ok(Done::to((), account).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: Some(known) })
    }

    /// Keeps a challenge until its browser answers.
    pub(crate) async fn keep_challenge(&self, asked: Asked, wanted: &For<'_>) -> Result<PasskeyAsked, DeedError> {
        let ask = URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>());
        let now_us = self.now_us();
        let body = json!({
            "what": wanted.what,
            "text": hex::encode(text_hash(wanted.text)),
            "state": asked.state,
            "user_handle": wanted.user_handle.map(hex::encode),
        });
        let row = OneTime {
            id_hash: bound_hash(KIND, &ask),
            kind: KIND.to_owned(),
            account: wanted.account.map(str::to_owned),
            session: Some(hex::encode(bound_hash("holder", wanted.holder))),
            body: body.to_string(),
            tries: 1,
            created_at: now_us,
            expires_at: now_us + CHALLENGE_S * MICROS,
            client: None,
        };
        self.store
            .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::put(tx, &row).await?) }))
            .await?;
        Ok(PasskeyAsked { ask, options: asked.options })
    }

    /// The challenge that an answer names, when it is of this holder, for this and about this text. Taken only by
    /// [`take`], in the deed that it allows.
    pub(crate) async fn answered(&self, ask: &str, wanted: &For<'_>) -> Result<Answered, DeedError> {
        let ask_hash = bound_hash(KIND, ask);
        let wanted_hash = ask_hash.clone();
        let peeked = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(one_time::peek(tx, KIND, &wanted_hash).await?) })
            })
            .await?
            .ok_or(DeedError::SignIn)?;
        let body: serde_json::Value = serde_json::from_str(&peeked.body).map_err(DeedError::internal)?;
        let holder = hex::encode(bound_hash("holder", wanted.holder));
        let same: bool = peeked.session.as_deref().unwrap_or_default().as_bytes().ct_eq(holder.as_bytes()).into();
        let about = body["text"] == hex::encode(text_hash(wanted.text)) && body["what"] == wanted.what;
        if !same || !about || peeked.account.as_deref() != wanted.account {
            return Err(DeedError::SignIn);
        }
        let user_handle = body["user_handle"].as_str().and_then(|text| hex::decode(text).ok()?.try_into().ok());
        let state = body["state"].as_str().unwrap_or_default().to_owned();
        Ok(Answered { ask_hash, state, user_handle })
    }

    /// Which passkey an answer proves, of anybody or of one account.
    pub(crate) async fn proven_passkey(
        &self,
        answered: &Answered,
        answer: &str,
        account: Option<&str>,
    ) -> Result<ProvenPasskey, DeedError> {
        if answer.len() > ANSWER_MAX {
            return Err(DeedError::SignIn);
        }
        let party = self.party()?;
        let claimed = party.claimed(answer).map_err(not_proven)?;
        let id = claimed.credential_id.clone();
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(authenticator::by_credential(tx, &id).await?) })
            })
            .await?;
        let row = self.seals.trusted(row.ok_or(DeedError::SignIn)?)?;
        // Without a user name the answer must say whose it is; with one it may.
        let whose = match (&claimed.user_handle, account) {
            (Some(handle), _) => row.user_handle.as_ref() == Some(handle),
            (None, Some(_)) => true,
            (None, None) => false,
        };
        if !whose || row.state != State::Active || account.is_some_and(|id| id != row.account) {
            return Err(DeedError::SignIn);
        }
        let body = String::from_utf8(row.body.clone()).map_err(DeedError::internal)?;
        let proven = party.proven(&answered.state, &claimed, &body).map_err(not_proven)?;
        Ok(ProvenPasskey { row, changed: proven.changed })
    }

    /// A new passkey out of a browser's answer.
    pub(crate) fn made_passkey(&self, answered: &Answered, answer: &str, name: &str) -> Result<Fresh, DeedError> {
        if answer.len() > ANSWER_MAX {
            return Err(DeedError::SignIn);
        }
        let made = self.party()?.made(&answered.state, answer).map_err(not_proven)?;
        let handle = answered.user_handle.ok_or(DeedError::SignIn)?;
        Ok(Fresh {
            credential_id: Some(made.credential_id),
            user_handle: Some(handle.to_vec()),
            body: made.body.into_bytes(),
            bound: made.bound,
            ..Fresh::new(self.new_authenticator_id(), Kind::Passkey, &name_of(name)?)
        })
    }
}

impl ProvenPasskey {
    /// Uses it in a deed whose account is locked: the row must be as it was when it proved itself.
    pub(crate) async fn use_now(
        &self,
        tx: &mut Tx,
        seals: &crate::row_seal::RowSealer,
        now_us: i64,
    ) -> Result<(), DeedError> {
        match &self.changed {
            Some(body) => {
                let row = authenticator::find(tx, &self.row.id).await?.ok_or(DeedError::SignIn)?;
                if row.version != self.row.version || row.state != State::Active {
                    return Err(DeedError::SignIn);
                }
                let body = body.clone().into_bytes();
                seals.change(tx, Authenticator { body, used_at: Some(now_us), ..row }).await
            }
            None if authenticator::used_as_it_was(tx, &self.row, now_us).await? => Ok(()),
            None => Err(DeedError::SignIn),
        }
    }
}

/// Takes the challenge in the deed that it allows; of two answers at once one is too late.
pub(crate) async fn take(tx: &mut Tx, ask_hash: &[u8], now_us: i64) -> Result<(), DeedError> {
    one_time::take(tx, KIND, ask_hash, None, None, now_us).await?.map(drop).ok_or(DeedError::SignIn)
}

/// What a passkey is worth: a young one that was added outside a ceremony is two factors and no more (R8).
pub(crate) fn acr_of(row: &Authenticator, now_us: i64) -> Acr {
    match () {
        () if row.heavy_from > now_us => Acr::TwoFactor,
        () if row.bound && row.attested => Acr::BoundPasskey,
        () => Acr::Passkey,
    }
}

/// RFC 8176: a key in hardware or in software, and a verified user.
pub(crate) fn amr_of(row: &Authenticator) -> &'static [&'static str] {
    if row.bound { &["hwk", "user", "mfa"] } else { &["swk", "user", "mfa"] }
}

/// What its owner calls it.
pub(crate) fn name_of(text: &str) -> Result<String, DeedError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 40 || !shown_text::is_line(name) {
        return Err(DeedError::invalid("name", "名称要 1 到 40 个字", "a name needs 1 to 40 characters"));
    }
    Ok(name.to_owned())
}

fn text_hash(text: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.step-up.v1\0", text.as_bytes()])
}

pub(crate) fn not_proven(why: PasskeyError) -> DeedError {
    match why {
        PasskeyError::Kept => DeedError::internal(why),
        other => {
            tracing::info!(why = other.as_str(), "a passkey's answer does not hold");
            DeedError::SignIn
        }
    }
}
