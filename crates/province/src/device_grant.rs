//! Sign-ins of what has a screen and no browser (RFC 8628, rule R10): the device gets two codes, its person types one of
//! them here and decides. It does not know the page.

use crate::Province;
use crate::allow_app::{Chosen, CodeBody, ConsentAnswer, Giving, Takes};
use crate::app_error::{AppError, refused};
use crate::authorize::Known;
use crate::client_door::AppRequest;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::consent_page::{ConsentPage, Whose, shown_from};
use crate::error::{DeedError, Text};
use crate::person_sessions::Person;
use crate::redeem_code::Brought;
use crate::signing_in::Region;
use crate::token::TokenAnswer;
use crate::under_mandate::is_child;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use yima_kernel::assurance::Acr;
use yima_kernel::id::{AccountId, FamilyId};
use yima_oidc::device::{self, INTERVAL_S, LIFE_S};
use yima_oidc::error::Code;
use yima_oidc::metadata::GrantType;
use yima_oidc::scope::{Scope, Scopes, claims_text};
use yima_store::one_time::{self, OneTime};
use yima_store::wrong_try::{self, Counter};
use yima_store::{account, app_grant};

/// Draws of a user code before the source of chance is given up, or the space is full.
const DRAWS: usize = 8;
/// Wrong codes of one browser session in ten minutes (rule R10).
const WRONG_MAX: i64 = 5;
/// What may be spent on wrong codes in a day, where each costs as many as codes are live: then a stranger's chance of having
/// met one is at most 1 % (rule R10), whatever the number of sessions that they try from.
const DAY_BUDGET: i64 = device::CODES / 100;
const DAY_S: i64 = 24 * 3600;
/// What a device was allowed lives so long, seconds: with `offline_access`, and without.
const OFFLINE_S: i64 = 30 * 24 * 3600;
const ONCE_S: i64 = 12 * 3600;

/// What a device is told (RFC 8628 section 3.2).
#[derive(Clone, Debug)]
pub struct DeviceAsked {
    /// For the device alone.
    pub device_code: String,
    /// For its person, `WDJB-MJHT`.
    pub user_code: String,
    /// Where to type it.
    pub verification_uri: String,
    /// The same with the code, for a QR; the person still compares it.
    pub verification_uri_complete: String,
    /// Seconds.
    pub expires_in: i64,
    /// Seconds between two questions.
    pub interval: i64,
}

/// What a person is shown who typed a code.
pub struct DevicePage {
    /// Who asks, and for what.
    pub consent: ConsentPage,
    /// The code, to be compared with the device's screen.
    pub user_code: String,
    /// They are under 14: a guardian decides for them, and not here, where nobody acts for anybody (rule R31).
    pub guardian_first: bool,
    /// Where the device is by its network; `None` where nobody has said so.
    pub region: Option<String>,
}

/// What stands behind a device code.
#[derive(Serialize, Deserialize)]
struct Asked {
    scopes: String,
    at_s: i64,
    /// Where the device's network is.
    #[serde(default)]
    region: Option<Region>,
}

/// What was found behind a user code.
struct Found {
    client: Arc<Client>,
    scopes: Scopes,
    device: [u8; 32],
    at_s: i64,
    region: Option<Region>,
    code: String,
}

impl Province {
    /// A device begins.
    ///
    /// # Errors
    /// `invalid_client`, `unauthorized_client`, `invalid_scope`.
    pub async fn ask_by_device(&self, request: &AppRequest) -> Result<DeviceAsked, AppError> {
        let client = self.proven_client(request).await?;
        if !client.metadata.may(GrantType::DeviceCode) {
            return Err(refused(Code::UnauthorizedClient, "this client is not registered as one without a browser"));
        }
        let scopes = Scopes::parse(request.params.get("scope").unwrap_or_default())?;
        let sensitive = scopes.claims().iter().any(|claim| claim.sensitive());
        if !scopes.has(Scope::OpenId) || !scopes.within(&client.metadata.scopes) || sensitive {
            return Err(refused(
                Code::InvalidScope,
                "scope needs openid, no more than this client registered, and nothing sensitive",
            ));
        }
        let device_code = URL_SAFE_NO_PAD.encode(self.chance.bytes::<32>());
        let (hash, now_us) = (device_hash(&device_code), self.now_us());
        let body = Asked { scopes: scopes.text(), at_s: self.now_s(), region: request.region.clone() };
        let body = serde_json::to_string(&body).map_err(DeedError::internal)?;
        for _ in 0..DRAWS {
            let Some(user_code) = device::user_code(&self.chance.bytes()) else { continue };
            let row = |id_hash: Vec<u8>, kind: &str, body: String| OneTime {
                id_hash,
                kind: kind.to_owned(),
                client: Some(client.id.to_string()),
                body,
                tries: 1,
                created_at: now_us,
                expires_at: now_us + LIFE_S * MICROS,
                ..OneTime::default()
            };
            let device = row(hash.to_vec(), "device", body.clone());
            let typed = row(self.user_hash(&user_code).to_vec(), "user_code", hex::encode(hash));
            let put = self.store.deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    one_time::put(tx, &device).await?;
                    Ok(one_time::put(tx, &typed).await?)
                })
            });
            match put.await {
                // Somebody else has this user code now.
                Err(DeedError::Conflict(_)) => continue,
                done => done?,
            }
            let verification_uri = format!("{}/account/device", self.issuer());
            return Ok(DeviceAsked {
                verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
                verification_uri,
                device_code,
                user_code,
                expires_in: LIFE_S,
                interval: INTERVAL_S,
            });
        }
        Err(DeedError::Busy.into())
    }

    /// A person typed a code; `None` when it is none that waits.
    ///
    /// # Errors
    /// [`DeedError::TooMany`] after five wrong ones.
    pub async fn device_page(
        &self,
        person: &Person,
        typed: &str,
        chinese: bool,
    ) -> Result<Option<DevicePage>, AppError> {
        let Some(found) = self.find_device(person, typed).await? else { return Ok(None) };
        let known = self.known_of(person, &found.client).await?;
        let shown = shown_from(&found.client, found.scopes.clone(), found.scopes.claims(), found.at_s);
        let words = (String::new(), found.code.clone());
        let whose = Whose { holder: &known.holder, enterprise: None };
        let mut consent = self.consent_page(&found.client, &shown, whose, chinese, words)?;
        consent.audiences = self.audiences_shown(&found.client).await?;
        let guardian_first = known.child;
        let region = found.region.map(|region| region.name);
        Ok(Some(DevicePage { consent, user_code: found.code, guardian_first, region }))
    }

    /// What they pressed; true when the device may go on. `None` when the page has to be shown again.
    ///
    /// # Errors
    /// As [`Province::device_page`].
    pub async fn answer_device(
        &self,
        person: &Person,
        typed: &str,
        answer: &ConsentAnswer,
    ) -> Result<Option<bool>, AppError> {
        let Some(found) = self.find_device(person, typed).await? else {
            return Err(refused(Code::ExpiredToken, "the code is used or over"));
        };
        let known = self.known_of(person, &found.client).await?;
        let guarded = known.child || known.holder.proofing == 0;
        let mut shown = shown_from(&found.client, found.scopes.clone(), found.scopes.claims(), found.at_s);
        match self.chosen(&found.client, &mut shown, answer, person) {
            // What a child is shown is no letter, so its answer is none.
            Chosen::Stale if !known.child => Ok(None),
            Chosen::Yes if !guarded => {
                let row = self.device_row(person, &found, "device_ok", claims_text(&shown.given))?;
                let takes = Takes::UserCode(self.user_hash(&found.code));
                let giving = Giving { known, shown, chinese: answer.chinese, takes, row };
                self.allow(person, &found.client, giving).await.map(|()| Some(true))
            }
            Chosen::Stale | Chosen::Yes | Chosen::No(..) => {
                let row = self.device_row(person, &found, "device_no", String::new())?;
                let (hash, client, now_us) = (self.user_hash(&found.code), found.client.id.to_string(), self.now_us());
                self.store
                    .deed::<_, DeedError, _>(move |tx| {
                        Box::pin(async move {
                            if one_time::take(tx, "user_code", &hash, Some(&client), None, now_us).await?.is_some() {
                                one_time::put(tx, &row).await?;
                            }
                            Ok(())
                        })
                    })
                    .await?;
                Ok(Some(false))
            }
        }
    }

    /// A device asks whether its person has decided (RFC 8628 section 3.4).
    pub(crate) async fn poll_device(
        &self,
        client: &Arc<Client>,
        code: &str,
        jkt: Option<[u8; 32]>,
    ) -> Result<TokenAnswer, AppError> {
        let hash = device_hash(code);
        let (ok, no) = (decided_hash("device_ok", &hash), decided_hash("device_no", &hash));
        let (asked, said_yes, said_no) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let asked = one_time::peek(tx, "device", &hash).await?;
                    let yes = one_time::peek(tx, "device_ok", &ok).await?;
                    Ok((asked, yes, one_time::peek(tx, "device_no", &no).await?))
                })
            })
            .await?;
        let own = asked.filter(|row| row.client.as_deref() == Some(client.id.as_str()));
        let asked = own.ok_or(refused(Code::InvalidGrant, "the device code is unknown, or another client's"))?;
        if said_no.is_some() {
            return Err(refused(Code::AccessDenied, "the person said no, or a guardian decides for them"));
        }
        let Some(row) = said_yes else {
            if asked.expires_at <= self.now_us() {
                return Err(refused(Code::ExpiredToken, "nobody decided in time: begin again"));
            }
            let now_s = self.now_s();
            return Err(if self.proofs.first(hash, now_s, now_s + INTERVAL_S) {
                refused(Code::AuthorizationPending, "the person has not decided yet")
            } else {
                refused(Code::SlowDown, "ask every five seconds at most")
            });
        };
        let body: CodeBody = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
        let scopes = Scopes::parse(&body.scopes)?;
        let subject = AccountId::parse(row.account.as_deref().unwrap_or_default()).map_err(DeedError::internal)?;
        let life = if scopes.has(Scope::OfflineAccess) { OFFLINE_S } else { ONCE_S };
        let brought = Brought {
            client: Arc::clone(client),
            kind: "device_ok",
            hash: ok,
            session: None,
            right: true,
            jkt,
            mark: yima_keys::sha256(&[b"yima.redeem.v1\0", code.as_bytes(), jkt.as_ref().map_or(&[][..], |k| &k[..])]),
            sid: self.random_text(),
            until_at: (self.now_s() + life) * MICROS,
            now_us: self.now_us(),
            body,
        };
        self.tokens_or_not(client, &scopes, self.redeem(subject, brought).await?).await
    }

    async fn find_device(&self, person: &Person, typed: &str) -> Result<Option<Found>, AppError> {
        let now_us = self.now_us();
        let counter = Counter {
            scope: "device_code",
            who: self.marked("device-code", &[person.session.as_str().as_bytes()]),
            forgets_after: LIFE_S * MICROS,
        };
        let day = self.now_s().div_euclid(DAY_S);
        let spent =
            Counter { scope: "device_day", who: self.marked("device-day", &[&day.to_be_bytes()]), forgets_after: 0 };
        let tomorrow_s = u32::try_from((day + 1) * DAY_S - self.now_s()).unwrap_or(u32::MAX);
        let Some(code) = device::typed(typed) else { return Ok(None) };
        let user_hash = self.user_hash(&code);
        let found = self
            .store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    if wrong_try::in_a_row(tx, &counter).await? >= WRONG_MAX {
                        return Err(too_many());
                    }
                    if wrong_try::in_a_row(tx, &spent).await? >= DAY_BUDGET {
                        return Err(none_today(tomorrow_s));
                    }
                    let row = one_time::peek(tx, "user_code", &user_hash).await?;
                    let taken = one_time::taken(tx, "user_code", &user_hash).await?.is_some();
                    let Some(row) = row.filter(|row| !taken && row.expires_at > now_us) else {
                        wrong_try::count(tx, &counter, now_us).await?;
                        let live = one_time::live_typed(tx, now_us).await?;
                        wrong_try::spend(tx, &spent, live, now_us).await?;
                        return Ok(None);
                    };
                    wrong_try::clear(tx, &counter).await?;
                    let mut device = [0u8; 32];
                    hex::decode_to_slice(&row.body, &mut device).map_err(DeedError::internal)?;
                    Ok(one_time::peek(tx, "device", &device).await?.map(|asked| (asked, device)))
                })
            })
            .await?;
        let Some((asked, device)) = found else { return Ok(None) };
        let Some(client) = self.client(asked.client.as_deref().unwrap_or_default()).await? else { return Ok(None) };
        let body: Asked = serde_json::from_str(&asked.body).map_err(DeedError::internal)?;
        let scopes = Scopes::parse(&body.scopes)?;
        Ok(Some(Found { client, scopes, device, at_s: body.at_s, region: body.region, code }))
    }

    async fn known_of(&self, person: &Person, client: &Client) -> Result<Known, AppError> {
        let (id, client) = (person.account.to_string(), client.id.to_string());
        let (hand, now_us) = (self.hand(), self.now_us());
        let (holder, child, grant) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let child = is_child(tx, &hand, &holder, now_us).await?;
                    Ok((holder, child, app_grant::standing(tx, &id, &client, "").await?))
                })
            })
            .await?;
        if let Some(grant) = &grant {
            self.grant_right(grant)?;
        }
        Ok(Known { holder, grant, acting: None, child })
    }

    /// The decision of a person, where the device finds it. A screen in a living room is never more than `yima:2`.
    fn device_row(
        &self,
        person: &Person,
        found: &Found,
        kind: &'static str,
        claims: String,
    ) -> Result<OneTime, AppError> {
        let acr = if person.standing.acr.satisfies(Acr::TwoFactor) { Acr::TwoFactor } else { person.standing.acr };
        let body = CodeBody {
            request: None,
            grant: String::new(),
            scopes: found.scopes.text(),
            claims,
            family: FamilyId::new(self.now_ms(), self.chance.bytes()),
            acr: acr.as_str().to_owned(),
            amr: person.amr.join(" "),
            auth_at: person.standing.auth_at_s,
            session_until: person.until_at,
            acting: None,
        };
        let now_us = self.now_us();
        Ok(OneTime {
            id_hash: decided_hash(kind, &found.device).to_vec(),
            kind: kind.to_owned(),
            account: Some(person.account.to_string()),
            client: Some(found.client.id.to_string()),
            session: None,
            body: serde_json::to_string(&body).map_err(DeedError::internal)?,
            tries: 1,
            created_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
        })
    }

    fn user_hash(&self, code: &str) -> [u8; 32] {
        self.peppered("user-code", code)
    }
}

fn device_hash(code: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.device.v1\0", code.as_bytes()])
}

fn decided_hash(kind: &str, device: &[u8; 32]) -> [u8; 32] {
    yima_keys::sha256(&[kind.as_bytes(), b"\0", device])
}

fn too_many() -> DeedError {
    DeedError::TooMany {
        retry_after_s: u32::try_from(LIFE_S).unwrap_or(u32::MAX),
        why: Text::new("输错太多次，请十分钟后再试", "Too many wrong codes; try again in ten minutes"),
    }
}

fn none_today(retry_after_s: u32) -> DeedError {
    DeedError::TooMany {
        retry_after_s,
        why: Text::new(
            "今天输错的设备码太多，有人在猜，今天不再收码。可以在设备上换一种方式登录",
            "Too many wrong device codes today: somebody is guessing, and no more are taken today. Sign in on the device in another way",
        ),
    }
}
