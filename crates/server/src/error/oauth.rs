//! The status of each word of OAuth and OpenID, and the answers that carry them (RFC 6749 section 5.2, RFC 6750 section 3,
//! RFC 9449 sections 7.1 and 8). It does not know why a word was chosen.

use super::Refused;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use yima_oidc::error::{Code, OauthError};
use yima_province::{AppError, DeedError};

/// The algorithms of a proof, as a challenge names them (RFC 9449 section 7.1).
const ALGS: &str = "algs=\"ES256 EdDSA\"";
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
/// What a caller that was turned away is asked to wait, seconds.
const RETRY_AFTER_S: u32 = 1;

/// Where a word is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An endpoint that a client comes to as itself.
    Client,
    /// An API that a token opens, and how one came.
    Resource(Borne),
}

/// How an access token came with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Borne {
    /// No token at all: nothing is said to be wrong (RFC 6750 section 3.1).
    Not,
    /// RFC 6750, or a scheme that is none.
    Bearer,
    /// RFC 9449.
    Dpop,
}

impl Borne {
    /// Reads the scheme of an `Authorization` header.
    #[must_use]
    pub fn of(authorization: Option<&str>) -> Self {
        match authorization.map(|header| header.split(' ').next().unwrap_or_default()) {
            None => Self::Not,
            Some(scheme) if scheme.eq_ignore_ascii_case("dpop") => Self::Dpop,
            Some(_) => Self::Bearer,
        }
    }
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
            (Place::Resource(_), Code::InvalidDpopProof | Code::UseDpopNonce) => {
                Some(format!("DPoP error=\"{word}\", {ALGS}"))
            }
            (Place::Resource(Borne::Not), Code::InvalidToken) => Some(format!("Bearer realm=\"yima\", DPoP {ALGS}")),
            (Place::Resource(borne), Code::InvalidToken | Code::InsufficientScope) => {
                Some(in_scheme(borne, &format!("error=\"{word}\", error_description=\"{}\"", self.error.description)))
            }
            // RFC 9470 section 3.
            (Place::Resource(borne), Code::InsufficientUserAuthentication) => {
                Some(in_scheme(borne, &format!("error=\"{word}\", acr_values=\"yima:3\", max_age=300")))
            }
            _ => None,
        }
    }
}

/// A challenge of the scheme in which the token came (RFC 9449 section 7.1).
fn in_scheme(borne: Borne, what: &str) -> String {
    match borne {
        Borne::Dpop => format!("DPoP {what}, {ALGS}"),
        Borne::Bearer | Borne::Not => format!("Bearer realm=\"yima\", {what}"),
    }
}

/// The status of a word.
const fn status(code: Code, place: Place) -> StatusCode {
    match (code, place) {
        (Code::InvalidClient | Code::InvalidToken | Code::InsufficientUserAuthentication, _)
        | (Code::InvalidDpopProof | Code::UseDpopNonce, Place::Resource(_)) => StatusCode::UNAUTHORIZED,
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
        let mut response = match (self.place, self.error.code) {
            (Place::Resource(Borne::Not), Code::InvalidToken) => status.into_response(),
            _ => (status, Json(body)).into_response(),
        };
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
            (Code::UseDpopNonce, Place::Resource(Borne::Bearer), 401, true),
            (Code::InvalidDpopProof, Place::Resource(Borne::Bearer), 401, true),
            (Code::InvalidToken, Place::Resource(Borne::Bearer), 401, true),
            (Code::InsufficientScope, Place::Resource(Borne::Bearer), 403, true),
            (Code::InsufficientUserAuthentication, Place::Resource(Borne::Bearer), 401, true),
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

    #[test]
    fn rfc_6750_3_1_and_rfc_9449_7_1_a_challenge_is_of_the_scheme_that_came() {
        let challenge = |authorization: Option<&str>, code| {
            let place = Place::Resource(Borne::of(authorization));
            let response = OauthRefused::new(OauthError::new(code, "why").into(), place, "n".into()).into_response();
            let said = response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().to_owned();
            (said, response.headers().contains_key(header::CONTENT_TYPE))
        };
        let none = challenge(None, Code::InvalidToken);
        assert_eq!(none, (r#"Bearer realm="yima", DPoP algs="ES256 EdDSA""#.to_owned(), false), "nothing is said");
        let table = [
            ("Bearer x", Code::InvalidToken, r#"Bearer realm="yima", error="invalid_token""#),
            ("dpop x", Code::InvalidToken, r#"DPoP error="invalid_token""#),
            ("DPoP x", Code::InsufficientScope, r#"DPoP error="insufficient_scope""#),
            ("DPoP x", Code::InsufficientUserAuthentication, r#"DPoP error="insufficient_user_authentication""#),
            ("Bearer x", Code::UseDpopNonce, r#"DPoP error="use_dpop_nonce""#),
        ];
        for (authorization, code, expected) in table {
            let (said, body) = challenge(Some(authorization), code);
            assert!(said.starts_with(expected) && body, "{authorization}: {said}");
        }
    }
}
