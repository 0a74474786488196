//! An operator by the session cookie, with a check that the asking page is our own (no cross-site request).
//! It does not know passwords; the province keeps sessions by a hash.

use super::device::{device, taken};
use super::json::parse;
use crate::app::App;
use crate::cookies::Cookie;
use crate::error::{Code, Refused};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yima_kernel::subject::Actor;
use yima_province::SignedIn;
use yima_wire::message_signature::SIGNATURE_INPUT;

/// The operator who is signed in.
#[derive(Clone, Debug)]
pub struct OperatorCaller(pub SignedIn);

impl OperatorCaller {
    /// As the province knows the caller.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

impl FromRequestParts<App> for OperatorCaller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        if !parts.method.is_safe() && !same_site(&parts.headers) {
            return Err(Refused::new(Code::CrossSite, "origin"));
        }
        let session = match Cookie::Operator.read(app, &parts.headers) {
            Some(token) => app.province.session(token).await?,
            None => None,
        };
        session.map(Self).ok_or_else(|| {
            app.metrics.stopped_at_the_door();
            Refused::new(Code::SignInNeeded, "no session")
        })
    }
}

/// A device that signed, or else an operator.
#[derive(Clone, Debug)]
pub struct DeviceOrOperator {
    /// Who.
    pub actor: Actor,
    body: Bytes,
    headers: HeaderMap,
}

impl FromRequest<App> for DeviceOrOperator {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let (mut parts, body) = taken(request, app).await?;
        let actor = if parts.headers.contains_key(SIGNATURE_INPUT) {
            device(app, &parts, &body).await?
        } else {
            OperatorCaller::from_request_parts(&mut parts, app).await?.0.actor
        };
        Ok(Self { actor, body, headers: parts.headers })
    }
}

impl DeviceOrOperator {
    /// The body as JSON.
    ///
    /// # Errors
    /// `media_type` or `malformed`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        parse(&self.headers, &self.body)
    }
}

/// A browser names the asking site (`Sec-Fetch-Site`, or `Origin` in older ones); other clients name none and hold no
/// cookie that a foreign page could ride on.
#[must_use]
pub fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    match (text("origin"), text("host")) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn foreign_pages_cannot_act() {
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[("host", "a.cn")], true),
            (&[("host", "a.cn"), ("origin", "https://a.cn")], true),
            (&[("host", "a.cn:8443"), ("origin", "https://a.cn:8443")], true),
            (&[("host", "a.cn"), ("origin", "https://b.cn")], false),
            (&[("host", "a.cn"), ("origin", "null")], false),
            (&[("host", "a.cn"), ("origin", "https://a.cn"), ("sec-fetch-site", "cross-site")], false),
            (&[("host", "a.cn"), ("sec-fetch-site", "same-site")], false),
            (&[("host", "a.cn"), ("sec-fetch-site", "same-origin")], true),
        ];
        for (pairs, expected) in table {
            let pairs: Vec<_> = pairs.to_vec();
            assert_eq!(same_site(&headers(Box::leak(pairs.into_boxed_slice()))), *expected);
        }
    }
}
