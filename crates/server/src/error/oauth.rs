//! The status of each word of OAuth and OpenID, and the answers that carry them (RFC 6749 section 5.2, RFC 6750 section 3,
//! RFC 9449 sections 7.1 and 8). It does not know why a word was chosen.

use super::Refused;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use yima_oidc::error::{Code, OauthError};
use yima_province::{AppError, DeedError};

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
/// What a caller that was turned away is asked to wait, seconds.
const RETRY_AFTER_S: u32 = 1;

/// Where a word is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An endpoint that a client comes to as itself.
    Client,
    /// An API that a token opens.
    Resource,
}

/// A request of the protocol that was not done.
#[derive(Clone, Debug)]
pub struct OauthRefused {
    error: OauthError,
    place: Place,
    /// For the next proof of possession.
    nonce: Option<String>,
    /// For the log, when something broke here.
    broke: Option<DeedError>,
}

impl OauthRefused {
    /// An error with the nonce that the next proof is to carry.
    #[must_use]
    pub fn new(error: AppError, place: Place, nonce: String) -> Self {
        let said = error.oauth();
        let broke = match error {
            AppError::Deed(deed) => Some(deed),
            AppError::Oauth(_) => None,
        };
        Self { error: said, place, nonce: Some(nonce), broke }
    }

    fn challenge(&self) -> Option<String> {
        let word = self.error.code.as_str();
        match (self.place, self.error.code) {
            (Place::Client, Code::InvalidClient) => Some("Basic realm=\"yima\"".to_owned()),
            (Place::Client, Code::InvalidToken) => Some("Bearer realm=\"yima\", error=\"invalid_token\"".to_owned()),
            (Place::Resource, Code::InvalidDpopProof | Code::UseDpopNonce) => {
                Some(format!("DPoP error=\"{word}\", algs=\"ES256 EdDSA\""))
            }
            (Place::Resource, Code::InvalidToken | Code::InsufficientScope) => Some(format!(
                "Bearer realm=\"yima\", error=\"{word}\", error_description=\"{}\"",
                self.error.description
            )),
            (Place::Resource, Code::InsufficientUserAuthentication) => {
                // RFC 9470 section 3.
                Some(format!("Bearer realm=\"yima\", error=\"{word}\", acr_values=\"yima:3\", max_age=300"))
            }
            _ => None,
        }
    }
}

/// The status of a word.
const fn status(code: Code, place: Place) -> StatusCode {
    match (code, place) {
        (Code::InvalidClient | Code::InvalidToken | Code::InsufficientUserAuthentication, _)
        | (Code::InvalidDpopProof | Code::UseDpopNonce, Place::Resource) => StatusCode::UNAUTHORIZED,
        (Code::InsufficientScope, _) => StatusCode::FORBIDDEN,
        (Code::ServerError, _) => StatusCode::INTERNAL_SERVER_ERROR,
        (Code::TemporarilyUnavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The status of a page of ours that shows an error, which goes nowhere else (RFC 6749 section 4.1.2.1).
#[must_use]
pub fn page_status() -> StatusCode {
    StatusCode::BAD_REQUEST
}

/// A pushed request was kept (RFC 9126 section 2.2).
#[must_use]
pub fn created(body: &serde_json::Value) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// An answer without a body.
#[must_use]
pub fn nothing_to_say() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A page that leads away within our own site, after a form (RFC 9110 section 15.4.4).
#[must_use]
pub fn see_other(path: &str) -> Response {
    moved(StatusCode::SEE_OTHER, path)
}

/// The answer of the authorization endpoint to a request that came by GET (RFC 6749 section 4.1.2).
#[must_use]
pub fn found(address: &str) -> Response {
    moved(StatusCode::FOUND, address)
}

fn moved(status: StatusCode, to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (status, [(header::LOCATION, to)]).into_response(),
        Err(_) => Refused::new(super::Code::Malformed, "an address that no header can carry").into_response(),
    }
}

impl IntoResponse for OauthRefused {
    fn into_response(self) -> Response {
        if let Some(DeedError::Internal(why)) = &self.broke {
            tracing::error!(why, "a request of an app broke");
        }
        let status = status(self.error.code, self.place);
        let body = json!({ "error": self.error.code.as_str(), "error_description": self.error.description });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let mut set = |name: HeaderName, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        if let Some(challenge) = self.challenge() {
            set(header::WWW_AUTHENTICATE, &challenge);
        }
        if let Some(nonce) = &self.nonce {
            set(DPOP_NONCE, nonce);
        }
        if self.error.code == Code::TemporarilyUnavailable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        response
    }
}

/// Adds the nonce for the next proof to a good answer (RFC 9449 section 8.2).
#[must_use]
pub fn with_nonce(mut response: Response, nonce: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(nonce) {
        response.headers_mut().insert(DPOP_NONCE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6749_5_2_every_401_carries_a_challenge() {
        let table = [
            (Code::InvalidClient, Place::Client, 401, true),
            (Code::InvalidGrant, Place::Client, 400, false),
            (Code::UseDpopNonce, Place::Client, 400, false),
            (Code::UseDpopNonce, Place::Resource, 401, true),
            (Code::InvalidDpopProof, Place::Resource, 401, true),
            (Code::InvalidToken, Place::Resource, 401, true),
            (Code::InsufficientScope, Place::Resource, 403, true),
            (Code::InsufficientUserAuthentication, Place::Resource, 401, true),
            (Code::TemporarilyUnavailable, Place::Client, 503, false),
            (Code::ServerError, Place::Client, 500, false),
        ];
        for (code, place, expected, challenged) in table {
            let error = OauthError::new(code, "why");
            let response = OauthRefused::new(error.into(), place, "n".into()).into_response();
            assert_eq!(response.status().as_u16(), expected, "{}", code.as_str());
            assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), challenged, "{}", code.as_str());
        }
    }
}
