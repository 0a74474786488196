//! POST /operators/sign-out: ends the session here and in the browser.
//! It does not know what was done in it.

use crate::app::{Answer, App};
use crate::extract::{OperatorCaller, SESSION_COOKIE, session_token};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Sign out.
#[utoipa::path(post, path = "/api/v1/operators/sign-out", tag = "operator", responses((status = 204, description = "Signed out.")), security(("operator" = [])))]
pub async fn sign_out(State(app): State<App>, _operator: OperatorCaller, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = session_token(&headers) {
        app.province.sign_out(token).await?;
    }
    let cookie = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
