//! The first ways to sign in, made in a ceremony: a counter's enrolment code that is typed here, or a link from a device
//! that such a code enrolled a moment ago. A message to a telephone never adds one (R7). An account that has ways to sign
//! in joins no second time: that is a recovery. It does not know pages.

use super::authenticators::{Fresh, add};
use super::manage::choose_name;
use super::passkey::{For, acr_of, amr_of, not_proven, take};
use super::{Browser, PasskeyAsked, SignedInNow, bound_hash, password};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::enrol_device::plain;
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use crate::person_sessions::{OpenSession, begin};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::authenticator::{self, State};
use yima_store::one_time::{self, OneTime};
use yima_store::{Tx, account, device, enrolment};

/// A ceremony lasts so long.
const JOIN_S: i64 = 15 * 60;
/// A link from a device lives so long, and the device was enrolled so short a time ago.
const LINK_S: i64 = 10 * 60;
const ENROLLED_WITHIN_S: i64 = 15 * 60;

/// A browser in the ceremony.
#[derive(Debug)]
pub struct Joining {
    /// The browser's cookie from now on.
    pub cookie: String,
}

/// A link that begins the ceremony in a browser, for once.
#[derive(Debug)]
pub struct JoinLink {
    /// Under the public address.
    pub url: String,
    /// Unix seconds.
    pub expires_at: i64,
}

impl Province {
    /// Begins the ceremony by a counter's code, which is used up. Wrong, used and expired codes look alike.
    ///
    /// # Errors
    /// [`DeedError::SignIn`]; [`DeedError::Conflict`] when the account has ways to sign in.
    pub async fn join_by_code(&self, code: &str) -> Result<Joining, DeedError> {
        let hash = self.peppered("enrolment-code", &plain(code));
        self.join(Began::Code(hash.to_vec())).await
    }

    /// Begins the ceremony by a link from a device.
    ///
    /// # Errors
    /// As [`Province::join_by_code`].
    pub async fn join_by_link(&self, link: &str) -> Result<Joining, DeedError> {
        self.join(Began::Link(bound_hash("link", link))).await
    }

    /// A link for a browser, from a device that a counter's code enrolled within 15 minutes.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] from any other device.
    pub async fn join_link(&self, actor: &Actor) -> Result<JoinLink, DeedError> {
        let account = own(actor)?;
        let (secret, now_us) = (URL_SAFE_NO_PAD.encode(self.chance.bytes::<24>()), self.now_us());
        let row = one_time("link", &secret, account.as_str(), now_us, LINK_S);
        let (id, device) = (account.as_str().to_owned(), actor.id().to_owned());
        let (owner, seals) = (id.clone(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::JoinAccount).about(account),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let state = account::find(tx, &id).await?.map(|row| standing(row.state));
                    Ok((Facts { actor_state: state, ..Facts::default() }, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    let since = door.now_us - ENROLLED_WITHIN_S * MICROS;
                    let phone = seals.device(tx, &device).await?;
                    let now_enrolled = phone.is_some_and(|phone| {
                        phone.account == owner
                            && phone.state != device::State::Ended
                            && phone.by_code
                            && phone.enrolled_at >= since
                    });
                    if !now_enrolled {
                        return Err(DeedError::Conflict(Text::new(
                            "只有刚在窗口登记的设备能开这个链接，请再到窗口领一个码",
                            "Only a device that was enrolled at a counter a moment ago can do this; ask there for a code",
                        )));
                    }
                    none_yet(tx, &owner).await?;
                    one_time::put(tx, &row).await?;
                    Ok(Done::plain(()))
                })
            },
        )
        .await?;
        let url = format!("{}/account/join?link={secret}", self.public_url());
        Ok(JoinLink { url, expires_at: now_us / MICROS + LINK_S })
    }

    /// Is this browser in the ceremony?
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn is_joining(&self, browser: &Browser) -> Result<bool, DeedError> {
        Ok(self.joining(browser).await?.is_some())
    }

    /// Asks the browser for its first passkey.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] outside the ceremony.
    pub async fn ask_first_passkey(&self, browser: &Browser) -> Result<PasskeyAsked, DeedError> {
        let account = self.joining(browser).await?.ok_or(DeedError::SignIn)?;
        let handle: [u8; 32] = self.chance.bytes();
        let asked = self.party()?.ask_new(self.chance.bytes(), &handle, &self.passkey_label(), &[]);
        let wanted = joining(browser, &account, Some(handle));
        self.keep_challenge(asked.map_err(not_proven)?, &wanted).await
    }

    /// Ends the ceremony with a passkey, signed in.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the answer does not hold or the ceremony is over.
    pub async fn join_with_passkey(
        &self,
        browser: &Browser,
        ask: &str,
        answer: &str,
        name: &str,
    ) -> Result<SignedInNow, DeedError> {
        let account = self.joining(browser).await?.ok_or(DeedError::SignIn)?;
        let answered = self.answered(ask, &joining(browser, &account, None)).await?;
        let fresh = self.made_passkey(&answered, answer, name)?;
        self.join_done(browser, account, vec![fresh], None, Some(answered.ask_hash)).await
    }

    /// Ends the ceremony with a password and a second factor, signed in.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for what can't be taken; [`DeedError::SignIn`] outside the ceremony.
    pub async fn join_with_password(
        &self,
        browser: &Browser,
        sign_in_name: &str,
        password: &str,
        totp: (&str, &str, &str),
    ) -> Result<SignedInNow, DeedError> {
        let account = self.joining(browser).await?.ok_or(DeedError::SignIn)?;
        let (name, rows) = self.password_rows(&browser.cookie, sign_in_name, password, totp).await?;
        self.join_done(browser, account, rows, name, None).await
    }

    async fn join(&self, began: Began) -> Result<Joining, DeedError> {
        let (cookie, now_us) = (self.fresh_browser(), self.now_us());
        let ticket = cookie.clone();
        self.short(
            Request::of(Actor::Stranger, Deed::JoinAccount),
            move |tx| {
                Box::pin(async move {
                    let account = match &began {
                        Began::Code(hash) => enrolment::account_of_code(tx, hash).await?,
                        Began::Link(hash) => {
                            let peeked = one_time::peek(tx, "link", hash).await?;
                            peeked.and_then(|peeked| peeked.account)
                        }
                    };
                    let account = account.ok_or(DeedError::SignIn)?;
                    account::changed(tx, &account).await?;
                    match &began {
                        Began::Code(hash) => enrolment::redeem_code(tx, hash, now_us).await?.map(drop),
                        Began::Link(hash) => one_time::take(tx, "link", hash, None, None, now_us).await?.map(drop),
                    }
                    .ok_or(DeedError::SignIn)?;
                    let holder = account::find(tx, &account).await?.ok_or(DeedError::SignIn)?;
                    Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    none_yet(tx, &account).await?;
                    one_time::end_of_account(tx, "join", &account, door.now_us).await?;
                    one_time::put(tx, &one_time("join", &ticket, &account, door.now_us, JOIN_S)).await?;
                    Ok(Done::to((), account).detail(json!({ "step": "began" })))
                })
            },
        )
        .await?;
        Ok(Joining { cookie })
    }

    async fn joining(&self, browser: &Browser) -> Result<Option<String>, DeedError> {
        let (hash, now_us) = (bound_hash("join", &browser.cookie), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let peeked = one_time::peek(tx, "join", &hash).await?;
                    let taken = one_time::taken(tx, "join", &hash).await?.is_some();
                    Ok(peeked.filter(|p| !taken && p.expires_at > now_us).and_then(|p| p.account))
                })
            })
            .await
    }

    async fn join_done(
        &self,
        browser: &Browser,
        account: String,
        fresh: Vec<Fresh>,
        name: Option<String>,
        ask_hash: Option<Vec<u8>>,
    ) -> Result<SignedInNow, DeedError> {
        let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
        let rows: Vec<_> = fresh.into_iter().map(|fresh| seals.authenticator(fresh, &account, true, now_us)).collect();
        let first = rows.first().ok_or_else(|| DeedError::internal("a ceremony without a way"))?;
        let by_passkey = ask_hash.is_some();
        let wish = OpenSession {
            account: AccountId::parse(&account).map_err(DeedError::internal)?,
            acr: if by_passkey { acr_of(first, now_us) } else { Acr::TwoFactor },
            amr: if by_passkey { amr_of(first).to_vec() } else { password::AMR.to_vec() },
            label: browser.label.clone(),
            authenticator: Some(first.id.clone()),
            known_device: false,
        };
        let (session, opened) = self.fresh_session(&wish);
        let known = self.known_from_now(&browser.known, &account);
        let (ticket, notice_id) = (bound_hash("join", &browser.cookie), self.new_row_id());
        self.short(
            Request::of(Actor::Stranger, Deed::JoinAccount),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    none_yet(tx, &account).await?;
                    add(tx, &rows).await?;
                    choose_name(tx, name.as_deref(), &account, door.now_us).await?;
                    begin(tx, &session).await?;
                    one_time::take(tx, "join", &ticket, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    if let Some(hash) = &ask_hash {
                        take(tx, hash, door.now_us).await?;
                    }
                    tell(tx, notice_id, &account, door.now_us, "authenticator_added").await?;
                    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                    let detail = json!({ "step": "done", "authenticators": ids, "session": session.id });
                    Ok(Done::to((), account).detail(detail))
                })
            },
        )
        .await?;
        Ok(SignedInNow { session: opened, known: Some(known) })
    }
}

#[derive(Clone)]
enum Began {
    Code(Vec<u8>),
    Link(Vec<u8>),
}

fn one_time(kind: &str, secret: &str, account: &str, now_us: i64, lasts_s: i64) -> OneTime {
    OneTime {
        id_hash: bound_hash(kind, secret),
        kind: kind.to_owned(),
        account: Some(account.to_owned()),
        body: "{}".to_owned(),
        tries: 1,
        created_at: now_us,
        expires_at: now_us + lasts_s * MICROS,
        ..OneTime::default()
    }
}

fn joining<'a>(browser: &'a Browser, account: &'a str, user_handle: Option<[u8; 32]>) -> For<'a> {
    For { what: "join", holder: &browser.cookie, account: Some(account), text: "", user_handle }
}

/// Refuses where there are ways to sign in already.
async fn none_yet(tx: &mut Tx, account: &str) -> Result<(), DeedError> {
    let active = authenticator::of_account(tx, account).await?.iter().any(|row| row.state == State::Active);
    if !active {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "这个账户已经有登录方式了。登不进去？请到窗口办理找回",
        "This account has ways to sign in already. Can't use them? Ask at a counter to recover it",
    )))
}
