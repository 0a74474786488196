//! POST /oauth2/par: RFC 9126. It does not keep requests itself.

use super::form::{OfApp, refused};
use crate::app::App;
use crate::error::oauth::{OauthRefused, created};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

/// Takes a request and gives it a name.
pub async fn push(State(app): State<App>, OfApp(request): OfApp) -> Result<Response, OauthRefused> {
    let pushed = app.province.push_request(&request).await.map_err(|error| refused(&app, error))?;
    Ok(created(&json!({ "request_uri": pushed.request_uri, "expires_in": pushed.expires_in })))
}
