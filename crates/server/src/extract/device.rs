//! A resident's device by its signature, or a new device by the key that it brings.
//! Unknown, ended and forged devices get one answer.

use super::json::{parse, whole_body};
use super::signature::{Claimed, not_signed};
use crate::app::App;
use crate::bytes;
use crate::error::{Code, Refused};
use crate::pages::account::visitor::{address_of, network};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_province::Browser;
use yima_wire::device::EnrolRequest;
use yima_wire::message_signature::KEY_ID_NEW;

/// The device that signed, and no body.
#[derive(Clone, Debug)]
pub struct SignedBy(pub Actor);

/// The device that signed, and what it sent.
#[derive(Clone, Debug)]
pub struct Signed<T>(pub Actor, pub T);

/// The same, with where it comes from: its network and region, as far as they are known.
#[derive(Clone, Debug)]
pub struct SignedFrom<T>(pub Actor, pub Browser, pub T);

/// An enrolment, signed by the key inside it: whoever sends it holds that key.
#[derive(Clone, Debug)]
pub struct BringsItsKey {
    /// What was sent.
    pub request: EnrolRequest,
    /// Suite of the key.
    pub suite: Suite,
    /// The key.
    pub public_key: [u8; 33],
}

impl FromRequest<App> for SignedBy {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (parts, body) = taken(request, app).await?;
        device(app, &parts, &body).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Signed<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (parts, body) = taken(request, app).await?;
        let actor = device(app, &parts, &body).await?;
        parse(&parts.headers, &body).map(|sent| Self(actor, sent))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for SignedFrom<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (parts, body) = taken(request, app).await?;
        let actor = device(app, &parts, &body).await?;
        let address = address_of(&parts.headers, &parts.extensions, app.behind_proxy);
        let from = Browser {
            network: address.map(network).unwrap_or_default(),
            region: address.and_then(|address| app.province.region_of(address)),
            ..Browser::default()
        };
        parse(&parts.headers, &body).map(|sent| Self(actor, from, sent))
    }
}

impl FromRequest<App> for BringsItsKey {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (parts, body) = taken(request, app).await?;
        let claimed = Claimed::from_request(&parts, &body, app.province.now_s())?;
        if claimed.key_id != KEY_ID_NEW {
            return Err(not_signed("key id"));
        }
        let request: EnrolRequest = parse(&parts.headers, &body)?;
        let public_key = bytes::exact("public_key", &request.public_key)?;
        let suite = suite(&request.suite)?;
        let key = PublicKey::parse(suite, &public_key).map_err(|_| not_signed("public key"))?;
        claimed.check(&key)?;
        Ok(Self { request, suite, public_key })
    }
}

/// Finds the device behind a signature.
pub(super) async fn device(app: &App, parts: &Parts, body: &[u8]) -> Result<Actor, Refused> {
    let found = authenticate(app, parts, body).await;
    if found.is_err() {
        app.metrics.stopped_at_the_door();
    }
    found
}

async fn authenticate(app: &App, parts: &Parts, body: &[u8]) -> Result<Actor, Refused> {
    let claimed = Claimed::from_request(parts, body, app.province.now_s())?;
    let door = app.province.device(&claimed.key_id).await?.ok_or_else(|| not_signed("no such device"))?;
    claimed.check(&door.key)?;
    Ok(door.actor)
}

pub(super) async fn taken(request: Request, app: &App) -> Result<(Parts, Bytes), Refused> {
    let (parts, body) = request.into_parts();
    let mut limited = Request::new(body);
    // The route's body limit travels in the extensions.
    *limited.extensions_mut() = parts.extensions.clone();
    let body = whole_body(limited, app).await?;
    Ok((parts, body))
}

fn suite(name: &str) -> Result<Suite, Refused> {
    match name {
        "ES256" => Ok(Suite::Es256),
        "SM2" => Ok(Suite::Sm2Sm3),
        _ => {
            Err(Refused::new(Code::Invalid, "suite")
                .saying("suite 只能是 ES256 或 SM2。", "The suite is ES256 or SM2."))
        }
    }
}
