//! GET /.well-known/openid-configuration, /.well-known/oauth-authorization-server and /oauth2/jwks: bytes that are ready.
//! It does not know what they say.

use crate::app::App;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yima_province::JWKS_MAX_AGE_S;

/// The discovery document.
pub async fn document(State(app): State<App>) -> Response {
    cached("application/json", app.province.discovery().to_owned())
}

/// The keys that tokens are checked with.
pub async fn jwks(State(app): State<App>) -> Response {
    cached("application/jwk-set+json", app.province.jwks().to_string())
}

fn cached(kind: &'static str, body: String) -> Response {
    let keep = format!("public, max-age={JWKS_MAX_AGE_S}");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CACHE_CONTROL, keep)], body).into_response()
}
