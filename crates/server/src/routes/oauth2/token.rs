//! POST /oauth2/token: RFC 6749 section 3.2. It does not decide anything.

use super::form::{OfApp, refused};
use crate::app::App;
use crate::error::oauth::{OauthRefused, with_nonce};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use yima_province::TokenAnswer;

#[derive(Serialize)]
struct Body {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
}

/// Tokens.
pub async fn token(State(app): State<App>, OfApp(request): OfApp) -> Result<Response, OauthRefused> {
    let answer = app.province.token(&request).await.map_err(|error| refused(&app, error))?;
    let TokenAnswer { access_token, token_type, expires_in, scope, refresh_token, id_token, issued_token_type } =
        answer;
    let body = Body { access_token, token_type, expires_in, scope, refresh_token, id_token, issued_token_type };
    let body = Json(body).into_response();
    Ok(if request.dpop.is_some() { with_nonce(body, &app.province.dpop_nonce()) } else { body })
}
