//! Sessions of residents in browsers: opened by each way of signing in, raised by proving more, listed and ended by their
//! owner. It does not know cookies, nor how anybody proved who they are: that is done before it is called.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::end_sign_ins::end_others;
use crate::error::DeedError;
use crate::home::standing as account_standing;
use crate::row_seal::RowSealer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::assurance::{Acr, Proofing, Standing};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, SessionId};
use yima_kernel::subject::{AccountState, Actor};
use yima_store::session::{self, Session};
use yima_store::{Tx, account};

/// A session ends after this long without a request (R11).
pub(crate) const IDLE_S: i64 = 30 * 60;
/// A session ends after this long in any case (R11).
pub(crate) const WHOLE_S: i64 = 12 * 3600;
/// Signed in by a picture that another device read: multiple-channel authentication (RFC 8176 section 2).
pub(crate) const ACROSS: &str = "mca";
/// Such a session ends after this long (R9).
const ACROSS_S: i64 = 2 * 3600;
/// That a session was seen is written this seldom, so that reading pages writes little; it may end so much too early.
const SEEN_EVERY_S: i64 = 60;
/// A cookie's secret, and the mark behind it.
const SECRET: usize = 32;
const MARK: usize = 16;

/// A resident who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub account: AccountId,
    /// In which session.
    pub session: SessionId,
    /// How well they are known, how they signed in, and when they last proved it.
    pub standing: Standing,
    /// Methods so far (RFC 8176): `pwd`, `otp`, `hwk`, `swk`, `user`, `sms`.
    pub amr: Vec<String>,
    /// On a device that they had signed in on before.
    pub known_device: bool,
    /// When the session ends in any case, Unix seconds.
    pub until_at: i64,
}

impl Person {
    /// As the decision sees them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Person { account: self.account.clone(), session: self.session.clone(), standing: self.standing }
    }

    /// A session at another screen is never raised (R9).
    pub(crate) fn can_be_raised(&self) -> Result<(), DeedError> {
        if self.amr.iter().any(|method| method == ACROSS) {
            return Err(DeedError::invalid(
                "session",
                "这里是扫码登录的，只能看。要办这件事，请退出，再用通行密钥或密码登录",
                "You signed in here by a picture, which is enough to look. For this, sign out, then sign in with a passkey or a password",
            ));
        }
        Ok(())
    }
}

/// What a proven sign-in opens.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// Who has proven to be whom.
    pub account: AccountId,
    /// How.
    pub acr: Acr,
    /// Methods (RFC 8176).
    pub amr: Vec<&'static str>,
    /// What the browser seems to be, such as `Chromium · Linux`.
    pub label: String,
    /// `aut_…`, if one was used.
    pub authenticator: Option<String>,
    /// The account had signed in on this device before.
    pub known_device: bool,
}

/// A session just opened or raised; the token is for the browser alone.
#[derive(Debug)]
pub struct NewPersonSession {
    /// 48 bytes in base64url: a secret, and this program's mark over it, the session, the account and how it was proven.
    pub token: String,
    /// `ses_…`
    pub id: SessionId,
    /// Unix seconds at which it ends in any case.
    pub until_at: i64,
}

/// A session in its owner's list.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// `ses_…`
    pub id: String,
    /// What the browser seems to be.
    pub label: String,
    /// How it was opened or last raised.
    pub acr: Acr,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds, to the minute.
    pub seen_at: i64,
    /// The asking one.
    pub this: bool,
}

impl Province {
    /// Opens a session: the last step of each way to sign in. Whoever calls it has proven who it is.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the account is not in good standing.
    pub async fn open_person_session(&self, wish: OpenSession) -> Result<NewPersonSession, DeedError> {
        let (row, opened) = self.fresh_session(&wish);
        let account = wish.account.clone();
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let detail = serde_json::json!({ "session": row.id, "acr": row.acr });
                    begin(tx, &row).await?;
                    Ok(Done::to((), account.as_str()).detail(detail))
                })
            },
        )
        .await?;
        Ok(opened)
    }

    /// A new session as it will be stored, and what its browser is given.
    pub(crate) fn fresh_session(&self, wish: &OpenSession) -> (Session, NewPersonSession) {
        let now_us = self.now_us();
        let id = SessionId::new(self.now_ms(), self.chance.bytes());
        let secret: [u8; SECRET] = self.chance.bytes();
        let whole_s = if wish.amr.contains(&ACROSS) { ACROSS_S } else { WHOLE_S };
        let row = Session {
            id: id.to_string(),
            token_hash: secret_hash(&secret).to_vec(),
            account: wish.account.to_string(),
            acr: wish.acr.as_str().to_owned(),
            amr: wish.amr.join(" "),
            auth_at: now_us,
            label: wish.label.chars().take(60).collect(),
            authenticator: wish.authenticator.clone(),
            known_device: wish.known_device,
            state: session::State::Live,
            created_at: now_us,
            seen_at: now_us,
            idle_until: now_us + IDLE_S * MICROS,
            until_at: now_us + whole_s * MICROS,
            ended_at: None,
            reason: None,
        };
        let token = session_token(&self.seals, &secret, &row);
        let until_at = row.until_at / MICROS;
        (row, NewPersonSession { token, id, until_at })
    }

    /// Who a session's token belongs to, if it lives. A token whose mark does not fit its row opens nothing: somebody
    /// wrote the row without this program.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn person(&self, token: &str) -> Result<Option<Person>, DeedError> {
        let Some((secret, mark)) = split(token) else { return Ok(None) };
        let (hash, now_us) = (secret_hash(&secret), self.now_us());
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(session::by_token(tx, &hash, now_us).await?) })
            })
            .await?;
        let Some((row, state, proofing)) = found else { return Ok(None) };
        if !bool::from(session_mark(&self.seals, &secret, &row).ct_eq(&mark)) {
            tracing::error!(
                alarm = "session_mark",
                session = row.id,
                "a session does not carry the mark of this program"
            );
            return Ok(None);
        }
        if account_standing(state) != AccountState::Active {
            return Ok(None);
        }
        if now_us - row.seen_at >= SEEN_EVERY_S * MICROS {
            self.note_seen(row.id.clone(), now_us).await?;
        }
        person(&row, proofing).map(Some)
    }

    /// Ends the session of this person, from its own browser.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn sign_person_out(&self, person: &Person) -> Result<(), DeedError> {
        self.end_session(person, person.session.as_str(), "signed_out").await
    }

    /// Ends one of this person's sessions from another one.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is not theirs, or ended before.
    pub async fn end_one_session(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        self.end_session(person, id, "ended_elsewhere").await
    }

    async fn end_session(&self, person: &Person, id: &str, reason: &'static str) -> Result<(), DeedError> {
        let (id, account) = (id.to_owned(), person.account.clone());
        self.short(
            Request::of(person.actor(), Deed::EndSession).about(account.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    if !session::end(tx, account.as_str(), &id, reason, door.now_us).await? {
                        return Err(DeedError::NotFound("session"));
                    }
                    crate::leave_apps::of_session(tx, &id, reason, door.now_us).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "session": id, "reason": reason })))
                })
            },
        )
        .await
    }

    /// Ends all sessions but the asking one; from a device of the same person, all of them. How many.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn end_other_sessions(&self, actor: &Actor) -> Result<usize, DeedError> {
        let (account, keep) = match actor {
            Actor::Person { account, session, .. } => (account.clone(), session.as_str().to_owned()),
            Actor::Device { account, .. } => (account.clone(), String::new()),
            _ => return Err(DeedError::Refused(Refusal::NotAllowed)),
        };
        self.short(
            Request::of(actor.clone(), Deed::EndSession).about(account.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let reason = "ended_elsewhere";
                    let ended = end_others(tx, account.as_str(), &keep, reason, door.now_us).await?;
                    Ok(Done::plain(ended).detail(serde_json::json!({ "sessions": ended, "reason": reason })))
                })
            },
        )
        .await
    }

    /// This person's live sessions, the newest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn sessions_of(&self, person: &Person) -> Result<Vec<SessionRow>, DeedError> {
        let (account, now_us) = (person.account.clone(), self.now_us());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(session::of_account(tx, account.as_str(), now_us).await?) })
            })
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(SessionRow {
                    this: row.id == person.session.as_str(),
                    acr: acr_of(&row)?,
                    created_at: row.created_at / MICROS,
                    seen_at: row.seen_at / MICROS,
                    id: row.id,
                    label: row.label,
                })
            })
            .collect()
    }

    /// The mark that a form carries: over the cookie of the browser and its session token ("" before a sign-in).
    #[must_use]
    pub fn form_mark(&self, browser: &str, session: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.marked("form", &[browser.as_bytes(), session.as_bytes()]))
    }

    async fn note_seen(&self, id: String, now_us: i64) -> Result<(), DeedError> {
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(session::seen(tx, &id, now_us, now_us + IDLE_S * MICROS).await?) })
            })
            .await
    }
}

fn session_token(seals: &RowSealer, secret: &[u8; SECRET], row: &Session) -> String {
    let mut bytes = secret.to_vec();
    bytes.extend(session_mark(seals, secret, row));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Over what must not be changed in the row: whose it is, and how that was proven.
fn session_mark(seals: &RowSealer, secret: &[u8; SECRET], row: &Session) -> [u8; MARK] {
    let auth_at = row.auth_at.to_be_bytes();
    let until_at = row.until_at.to_be_bytes();
    let (acr, amr) = (row.acr.as_bytes(), row.amr.as_bytes());
    let parts: [&[u8]; 7] = [secret, row.id.as_bytes(), row.account.as_bytes(), acr, amr, &auth_at, &until_at];
    seals.marked("session", &parts)
}

/// What proves more in a session.
pub(crate) struct Proof {
    pub acr: Acr,
    pub amr: &'static [&'static str],
    pub authenticator: String,
}

/// Raises a session within a deed: the methods so far and the new ones, and a new secret for the browser (R11).
pub(crate) async fn raise(
    tx: &mut Tx,
    seals: &RowSealer,
    row: &Session,
    proof: Proof,
    secret: [u8; SECRET],
    now_us: i64,
) -> Result<NewPersonSession, DeedError> {
    let mut methods: Vec<&str> = row.amr.split(' ').filter(|word| !word.is_empty()).collect();
    methods.extend(proof.amr.iter().filter(|word| !row.amr.split(' ').any(|have| have == **word)));
    let raised = Session {
        acr: proof.acr.as_str().to_owned(),
        amr: methods.join(" "),
        auth_at: now_us,
        authenticator: Some(proof.authenticator),
        token_hash: secret_hash(&secret).to_vec(),
        ..row.clone()
    };
    let rise = session::Rise {
        token_hash: raised.token_hash.clone(),
        acr: raised.acr.clone(),
        amr: raised.amr.clone(),
        auth_at: now_us,
        authenticator: raised.authenticator.clone(),
    };
    if !session::rise(tx, &row.id, &row.token_hash, &rise).await? {
        return Err(DeedError::SignIn);
    }
    let id = SessionId::parse(&row.id).map_err(DeedError::internal)?;
    Ok(NewPersonSession { token: session_token(seals, &secret, &raised), id, until_at: row.until_at / MICROS })
}

/// Opens a session in its account's turn; the account must be in good standing.
pub(crate) async fn begin(tx: &mut Tx, row: &Session) -> Result<(), DeedError> {
    account::changed(tx, &row.account).await?;
    let holder = account::find(tx, &row.account).await?.ok_or(DeedError::SignIn)?;
    if account_standing(holder.state) != AccountState::Active {
        return Err(DeedError::SignIn);
    }
    Ok(session::open(tx, row).await?)
}

/// The facts about a signed-in person for a deed of theirs that relies on its account: the session still lives, and the
/// account is in good standing. Call it first in the deed's `read`, before any other row is locked (R27).
pub(crate) async fn facts_of(tx: &mut Tx, actor: &Actor, now_us: i64) -> Result<Facts, DeedError> {
    let Actor::Person { account: id, session: ses, .. } = actor else { return Ok(Facts::default()) };
    account::rely_on(tx, id.as_str()).await?;
    facts_now(tx, id.as_str(), ses.as_str(), now_us).await
}

/// The same for a deed that changes the account, its authenticators or its sessions.
pub(crate) async fn facts_to_change(tx: &mut Tx, actor: &Actor, now_us: i64) -> Result<Facts, DeedError> {
    let Actor::Person { account: id, session: ses, .. } = actor else { return Ok(Facts::default()) };
    account::changed(tx, id.as_str()).await?;
    facts_now(tx, id.as_str(), ses.as_str(), now_us).await
}

async fn facts_now(tx: &mut Tx, id: &str, ses: &str, now_us: i64) -> Result<Facts, DeedError> {
    let live = session::live(tx, ses, now_us).await?.is_some_and(|row| row.account == id);
    let state = account::find(tx, id).await?.map(|row| account_standing(row.state));
    Ok(Facts { actor_state: state, actor_ended: !live, ..Facts::default() })
}

fn person(row: &Session, proofing: u8) -> Result<Person, DeedError> {
    Ok(Person {
        account: AccountId::parse(&row.account).map_err(DeedError::internal)?,
        session: SessionId::parse(&row.id).map_err(DeedError::internal)?,
        standing: Standing {
            proofing: Proofing::of(proofing).ok_or_else(|| DeedError::internal("account.proofing"))?,
            acr: acr_of(row)?,
            auth_at_s: row.auth_at / MICROS,
        },
        amr: row.amr.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        known_device: row.known_device,
        until_at: row.until_at / MICROS,
    })
}

fn acr_of(row: &Session) -> Result<Acr, DeedError> {
    Acr::parse(&row.acr).ok_or_else(|| DeedError::internal("session.acr"))
}

pub(crate) fn secret_hash(secret: &[u8]) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.person-session.v1\0", secret])
}

pub(crate) fn split(token: &str) -> Option<([u8; SECRET], [u8; MARK])> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (secret, mark) = bytes.split_at_checked(SECRET)?;
    Some((secret.try_into().ok()?, mark.try_into().ok()?))
}
