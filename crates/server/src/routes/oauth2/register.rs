//! POST /oauth2/register: RFC 7591 section 3.1. It does not read metadata.

use super::form::{refused, text};
use crate::app::App;
use crate::error::oauth::{OauthRefused, created};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::{Value, json};
use yima_oidc::error::{Code, OauthError};

/// An organisation registers its app.
pub async fn register(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, OauthRefused> {
    let wrong = |code, description| refused(&app, OauthError::new(code, description).into());
    let bearer = text(&headers, header::AUTHORIZATION.as_str()).unwrap_or_default();
    let metadata = std::str::from_utf8(&body).map_err(|_| wrong(Code::InvalidClientMetadata, "not UTF-8"))?;
    let made = match bearer.strip_prefix("Bearer ") {
        Some(token) => app.province.register_client(token, metadata).await,
        None => app.province.register_in_sandbox(metadata).await,
    };
    let made = made.map_err(|error| refused(&app, error))?;
    // Section 3.2.1: everything that was registered comes back.
    let mut said: Value = serde_json::from_str(&made.version.metadata).unwrap_or_default();
    said["client_id"] = made.version.id.clone().into();
    said["client_id_issued_at"] = made.version.at.into();
    said["yima_state"] = made.version.state.into();
    if let Some(secret) = made.secret {
        said["client_secret"] = secret.into();
        said["client_secret_expires_at"] = json!(0);
    }
    Ok(created(&said))
}
