//! Who calls, and what was sent: the feed behind a bearer token (RFC 6750 section 2.1), and a body of SCIM.
//! An unknown token, an ended one and none at all get one answer.

use crate::app::App;
use crate::error::scim::ScimRefused;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use serde_json::Value;
use yima_kernel::subject::Actor;

const PREFIX: &str = "yfd_";
const TOKEN_CHARS_MAX: usize = 128;

/// The personnel system that calls.
pub struct FeedCaller(pub Actor);

impl FromRequestParts<App> for FeedCaller {
    type Rejection = ScimRefused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ScimRefused> {
        let feed = match bearer(&parts.headers) {
            Some(token) => app.province.feed(token).await?,
            None => None,
        };
        feed.map(Self).ok_or_else(|| {
            app.metrics.stopped_at_the_door();
            ScimRefused::token()
        })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX) && token.len() <= TOKEN_CHARS_MAX;
    fits.then_some(token)
}

/// A body.
pub struct Body(pub Value);

impl FromRequest<App> for Body {
    type Rejection = ScimRefused;

    async fn from_request(request: Request, app: &App) -> Result<Self, ScimRefused> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !["application/scim+json", "application/json"].contains(&kind.as_str()) {
            return Err(ScimRefused::media_type());
        }
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|_| ScimRefused::bad("invalidSyntax", "the body is too large, or broke off"))?;
        // What can't be read is not echoed: it may hold somebody's number.
        serde_json::from_slice(&bytes).map(Self).map_err(|_| ScimRefused::bad("invalidSyntax", "the body is no JSON"))
    }
}

/// The version in a condition (RFC 7644 section 3.14): the first tag; none for `*`.
pub fn condition(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    if value == "*" {
        return None;
    }
    let tag = value.split(',').next().unwrap_or_default().trim();
    Some(tag.trim_start_matches("W/").trim_matches('"').to_owned())
}
