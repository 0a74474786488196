//! Signing in at another screen by a picture that one's phone reads (R9): new every 20 seconds, dead after a minute, bound
//! to the browser that shows it, and allowed with a passkey by somebody who sits in front of it. It opens little
//! (`yima:1`), for two hours, and can't be raised. WebAuthn's own hybrid way comes first; this is for where it can't be had.
//! The picture may be a challenge instead, which a resident code answers: `by_code`.

use super::networks::{Near, Region, near};
use super::{Browser, SignedInNow, bound_hash};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{ACROSS, OpenSession, Person, begin, facts_of};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_print::Symbol;
use yima_store::one_time::{self, OneTime, Peeked};

/// A picture is shown this long, then another one.
pub(super) const NEW_EVERY_S: i64 = 20;
/// It can be allowed this long.
const LIFE_S: i64 = 60;
/// Its screen asks again within this.
const ALLOWED_S: i64 = 60;
const KIND: &str = "across";
const KIND_ALLOWED: &str = "across_ok";
/// By what a screen was signed in, in its use.
const PICTURE: &str = "picture";
pub(super) const CODE: &str = "code";
/// Longest code that is read, characters.
const CODE_MAX: usize = 32;

/// What is kept with a picture.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    pub label: String,
    network: String,
    pub region: Option<Region>,
    client: Option<String>,
    /// The digits of a challenge, where the picture is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

impl Shown {
    pub fn of(browser: &Browser, challenge: Option<String>) -> Self {
        Self {
            label: browser.label.clone(),
            network: browser.network.clone(),
            region: browser.region.clone(),
            client: browser.client.clone(),
            challenge,
        }
    }
}

/// What a screen shows.
#[derive(Clone, Debug)]
pub struct AcrossShown {
    /// 16 random bytes in base64url; the screen names it when it asks again.
    pub code: String,
    /// The address that the phone opens, as a QR symbol, line by line, dark or not.
    pub symbol: Vec<Vec<bool>>,
    /// The digits that the symbol says, where it is a challenge for a resident code.
    pub challenge: Option<String>,
}

/// What the person is shown on their phone.
#[derive(Clone, Debug)]
pub struct AcrossAsked {
    /// What the other browser seems to be.
    pub label: String,
    /// Where its network is, if that is known.
    pub region: Option<Region>,
    /// The app that it wants to go on to, Chinese and English.
    pub app: Option<(String, String)>,
    /// How near.
    pub near: Near,
}

impl Province {
    /// The picture of this browser: the one that it shows while that is young, or a new one.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn across_shown(&self, browser: &Browser, code: &str) -> Result<AcrossShown, DeedError> {
        let now_us = self.now_us();
        let young = self
            .across_row(KIND, code)
            .await?
            .is_some_and(|row| row.session == Some(holder(browser)) && now_us - row.created_at < NEW_EVERY_S * MICROS);
        let code = if young { code.to_owned() } else { self.new_across(browser, now_us).await? };
        let address = format!("{}/account/across/allow?c={code}", self.public_url());
        let symbol = Symbol::text(&address).map_err(DeedError::internal)?;
        Ok(AcrossShown { code, symbol: modules(&symbol), challenge: None })
    }

    async fn new_across(&self, browser: &Browser, now_us: i64) -> Result<String, DeedError> {
        let code = URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>());
        self.keep_across(KIND, &code, browser, &Shown::of(browser, None), now_us).await?;
        Ok(code)
    }

    /// Keeps what a browser shows until somebody allows it.
    pub(super) async fn keep_across(
        &self,
        kind: &str,
        code: &str,
        browser: &Browser,
        shown: &Shown,
        now_us: i64,
    ) -> Result<(), DeedError> {
        let row = OneTime {
            id_hash: bound_hash(kind, code),
            kind: kind.to_owned(),
            session: Some(holder(browser)),
            body: serde_json::to_string(shown).map_err(DeedError::internal)?,
            tries: 1,
            created_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
            ..OneTime::default()
        };
        self.store.deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::put(tx, &row).await?) })).await
    }

    /// What somebody's phone has read.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is over, or none of ours.
    pub async fn across_asked(&self, reader: &Browser, code: &str) -> Result<AcrossAsked, DeedError> {
        let now_us = self.now_us();
        let row = self.across_row(KIND, code).await?.filter(|row| row.expires_at > now_us);
        self.screen_of(reader, &row.ok_or(DeedError::NotFound("picture"))?).await
    }

    /// What a row says of the browser that shows it, to whoever has read it.
    pub(super) async fn screen_of(&self, reader: &Browser, row: &Peeked) -> Result<AcrossAsked, DeedError> {
        let shown = shown_of(row)?;
        let app = match &shown.client {
            Some(id) => self.client(id).await?,
            None => None,
        };
        Ok(AcrossAsked {
            near: near(&shown.network, shown.region.as_ref(), reader),
            label: shown.label,
            region: shown.region,
            app: app.map(|client| {
                (client.metadata.name_zh.as_str().to_owned(), client.metadata.name_en.as_str().to_owned())
            }),
        })
    }

    /// Lets the other screen in as this person. `sure` says that they were asked once more.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`] without a passkey of the last five minutes; [`DeedError::NotFound`] when the
    /// picture is over; [`DeedError::Invalid`] when the other screen is too far away.
    pub async fn allow_across(
        &self,
        person: &Person,
        reader: &Browser,
        code: &str,
        sure: bool,
    ) -> Result<(), DeedError> {
        let asked = self.across_asked(reader, code).await?;
        near_enough(&asked, sure)?;
        let (hash, allowed) = (bound_hash(KIND, code), bound_hash(KIND_ALLOWED, code));
        let (actor, account) = (person.actor(), person.account.to_string());
        let now_us = self.now_us();
        self.short(
            Request::of(person.actor(), Deed::SignInAcross).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_of(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = one_time::take(tx, KIND, &hash, None, None, door.now_us).await?;
                    let row = row.ok_or(DeedError::NotFound("picture"))?;
                    let shown = shown_of(&row)?;
                    one_time::put(tx, &yes(allowed, account, row.session, PICTURE, door.now_us)).await?;
                    Ok(Done::plain(())
                        .detail(json!({ "browser": shown.label, "region": shown.region.map(|region| region.code) })))
                })
            },
        )
        .await
    }

    /// Signs a screen in whose picture was allowed; None while nobody has.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the account is not in good standing any more.
    pub async fn sign_in_across(&self, browser: &Browser, code: &str) -> Result<Option<SignedInNow>, DeedError> {
        let hash = bound_hash(KIND_ALLOWED, code);
        let (wanted, now_us) = (hash.clone(), self.now_us());
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(one_time::peek(tx, KIND_ALLOWED, &wanted).await?) })
            })
            .await?;
        let row = row.filter(|row| row.session == Some(holder(browser)) && row.expires_at > now_us);
        let Some(row) = row else { return Ok(None) };
        let by = if row.body.contains(CODE) { CODE } else { PICTURE };
        let Some(account) = row.account else { return Ok(None) };
        let wish = OpenSession {
            account: AccountId::parse(&account).map_err(DeedError::internal)?,
            acr: Acr::OneTime,
            amr: vec![ACROSS],
            label: browser.label.clone(),
            authenticator: None,
            known_device: false,
        };
        let (session, opened) = self.fresh_session(&wish);
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    begin(tx, &session).await?;
                    one_time::take(tx, KIND_ALLOWED, &hash, None, None, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    let detail = json!({ "session": session.id, "acr": session.acr, "by": by });
                    Ok(Done::to((), account).detail(detail))
                })
            },
        )
        .await?;
        Ok(Some(SignedInNow { session: opened, known: None }))
    }

    pub(super) async fn across_row(&self, kind: &'static str, code: &str) -> Result<Option<Peeked>, DeedError> {
        if code.is_empty() || code.len() > CODE_MAX {
            return Ok(None);
        }
        let hash = bound_hash(kind, code);
        self.store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::peek(tx, kind, &hash).await?) }))
            .await
    }
}

/// R9: another province is refused, another city asked about once more.
pub(super) fn near_enough(asked: &AcrossAsked, sure: bool) -> Result<(), DeedError> {
    if asked.near == Near::Far || (asked.near == Near::Unsure && !sure) {
        return Err(DeedError::invalid(
            "picture",
            "那台电脑和这部手机不在一个地方，没有登录",
            "That screen and this phone are not in one place; nobody was signed in",
        ));
    }
    Ok(())
}

/// The key of a permission, by which its browser finds it.
pub(super) fn allowed_hash(code: &str) -> Vec<u8> {
    bound_hash(KIND_ALLOWED, code)
}

/// A permission for the browser that showed the picture, until it asks again.
pub(super) fn yes(id_hash: Vec<u8>, account: String, session: Option<String>, by: &str, now_us: i64) -> OneTime {
    OneTime {
        id_hash,
        kind: KIND_ALLOWED.to_owned(),
        account: Some(account),
        session,
        body: json!({ "by": by }).to_string(),
        tries: 1,
        created_at: now_us,
        expires_at: now_us + ALLOWED_S * MICROS,
        client: None,
    }
}

/// A symbol line by line, dark or not.
pub(super) fn modules(symbol: &Symbol) -> Vec<Vec<bool>> {
    let line = |y| (0..symbol.size()).map(|x| symbol.dark(x, y)).collect();
    (0..symbol.size()).map(line).collect()
}

pub(super) fn holder(browser: &Browser) -> String {
    hex::encode(bound_hash("holder", &browser.cookie))
}

pub(super) fn shown_of(row: &Peeked) -> Result<Shown, DeedError> {
    serde_json::from_str(&row.body).map_err(DeedError::internal)
}
