//! Signing in at another screen by a picture that one's phone reads (R9): new every 20 seconds, dead after a minute, bound
//! to the browser that shows it, and allowed with a passkey by somebody who sits in front of it. It opens little
//! (`yima:1`), for two hours, and can't be raised. WebAuthn's own hybrid way comes first; this is for where it can't be had.

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
const NEW_EVERY_S: i64 = 20;
/// It can be allowed this long.
const LIFE_S: i64 = 60;
/// Its screen asks again within this.
const ALLOWED_S: i64 = 60;
const KIND: &str = "across";
const KIND_ALLOWED: &str = "across_ok";
/// Longest code that is read, characters.
const CODE_MAX: usize = 32;

/// What is kept with a picture.
#[derive(Serialize, Deserialize)]
struct Shown {
    label: String,
    network: String,
    region: Option<Region>,
    client: Option<String>,
}

/// What a screen shows.
#[derive(Clone, Debug)]
pub struct AcrossShown {
    /// 16 random bytes in base64url; the screen names it when it asks again.
    pub code: String,
    /// The address that the phone opens, as a QR symbol, line by line, dark or not.
    pub symbol: Vec<Vec<bool>>,
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
            .across_row(code)
            .await?
            .is_some_and(|row| row.session == Some(holder(browser)) && now_us - row.created_at < NEW_EVERY_S * MICROS);
        let code = if young { code.to_owned() } else { self.new_across(browser, now_us).await? };
        let address = format!("{}/account/across/allow?c={code}", self.public_url());
        let symbol = Symbol::text(&address).map_err(DeedError::internal)?;
        let line = |y| (0..symbol.size()).map(|x| symbol.dark(x, y)).collect();
        Ok(AcrossShown { code, symbol: (0..symbol.size()).map(line).collect() })
    }

    async fn new_across(&self, browser: &Browser, now_us: i64) -> Result<String, DeedError> {
        let code = URL_SAFE_NO_PAD.encode(self.chance.bytes::<16>());
        let shown = Shown {
            label: browser.label.clone(),
            network: browser.network.clone(),
            region: browser.region.clone(),
            client: browser.client.clone(),
        };
        let row = OneTime {
            id_hash: bound_hash(KIND, &code),
            kind: KIND.to_owned(),
            session: Some(holder(browser)),
            body: serde_json::to_string(&shown).map_err(DeedError::internal)?,
            tries: 1,
            created_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
            ..OneTime::default()
        };
        self.store
            .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::put(tx, &row).await?) }))
            .await?;
        Ok(code)
    }

    /// What somebody's phone has read.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is over, or none of ours.
    pub async fn across_asked(&self, reader: &Browser, code: &str) -> Result<AcrossAsked, DeedError> {
        let now_us = self.now_us();
        let row = self.across_row(code).await?.filter(|row| row.expires_at > now_us);
        let shown = shown_of(&row.ok_or(DeedError::NotFound("picture"))?)?;
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
        if asked.near == Near::Far || (asked.near == Near::Unsure && !sure) {
            return Err(DeedError::invalid(
                "picture",
                "那台电脑和这部手机不在一个地方，没有登录",
                "That screen and this phone are not in one place; nobody was signed in",
            ));
        }
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
                    let yes = OneTime {
                        id_hash: allowed,
                        kind: KIND_ALLOWED.to_owned(),
                        account: Some(account),
                        session: row.session,
                        body: "{}".to_owned(),
                        tries: 1,
                        created_at: door.now_us,
                        expires_at: door.now_us + ALLOWED_S * MICROS,
                        client: None,
                    };
                    one_time::put(tx, &yes).await?;
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
        let Some(account) = row.and_then(|row| row.account) else { return Ok(None) };
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
                    let detail = json!({ "session": session.id, "acr": session.acr, "by": "picture" });
                    Ok(Done::to((), account).detail(detail))
                })
            },
        )
        .await?;
        Ok(Some(SignedInNow { session: opened, known: None }))
    }

    async fn across_row(&self, code: &str) -> Result<Option<Peeked>, DeedError> {
        if code.is_empty() || code.len() > CODE_MAX {
            return Ok(None);
        }
        let hash = bound_hash(KIND, code);
        self.store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(one_time::peek(tx, KIND, &hash).await?) }))
            .await
    }
}

fn holder(browser: &Browser) -> String {
    hex::encode(bound_hash("holder", &browser.cookie))
}

fn shown_of(row: &Peeked) -> Result<Shown, DeedError> {
    serde_json::from_str(&row.body).map_err(DeedError::internal)
}
