//! A signed-in resident by the session cookie, with a check that the asking page is our own (no cross-site request).
//! It does not know how anybody signed in; the province keeps sessions by a hash.

use super::device::{device, taken};
use super::json::parse;
use super::operator::same_site;
use crate::app::App;
use crate::cookies::Cookie;
use crate::error::{Code, Refused};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yima_kernel::subject::Actor;
use yima_province::Person;
use yima_wire::message_signature::SIGNATURE_INPUT;

/// Pages of a kiosk at a counter. Nowhere else is somebody signed in who signed in there with an officer's help (R12).
const VISIT: &str = "/account/visit";

/// The person who is signed in. `Option<PersonCaller>` is for pages that send strangers to sign in.
#[derive(Clone, Debug)]
pub struct PersonCaller(pub Person);

impl FromRequestParts<App> for PersonCaller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let person = <Self as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        person.ok_or_else(|| {
            app.metrics.stopped_at_the_door();
            Refused::new(Code::SignInNeeded, "no session")
        })
    }
}

impl OptionalFromRequestParts<App> for PersonCaller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Refused> {
        if !parts.method.is_safe() && !same_site(&parts.headers) {
            return Err(Refused::new(Code::CrossSite, "origin"));
        }
        match Cookie::Session.read(app, &parts.headers) {
            Some(token) => {
                let person = app.province.person(token).await?;
                let path = parts.uri.path();
                let kiosk = path.strip_prefix(VISIT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                Ok(person.filter(|person| kiosk || !person.is_helped()).map(Self))
            }
            None => Ok(None),
        }
    }
}

/// A device that signed, or else a person with a session.
#[derive(Clone, Debug)]
pub struct DeviceOrPerson {
    /// Who.
    pub actor: Actor,
    body: Bytes,
    headers: HeaderMap,
}

impl FromRequest<App> for DeviceOrPerson {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (mut parts, body) = taken(request, app).await?;
        let actor = if parts.headers.contains_key(SIGNATURE_INPUT) {
            device(app, &parts, &body).await?
        } else {
            let caller = <PersonCaller as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
            caller.0.actor()
        };
        Ok(Self { actor, body, headers: parts.headers })
    }
}

impl DeviceOrPerson {
    /// The body as JSON.
    ///
    /// # Errors
    /// `media_type` or `malformed`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        parse(&self.headers, &self.body)
    }
}
