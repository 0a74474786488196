//! POST /operators/sign-out: ends the session here and in the browser.
//! It does not know what was done in it.

use crate::app::{Answer, App};
use crate::cookies::Cookie;
use crate::extract::OperatorCaller;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Sign out.
#[utoipa::path(post, path = "/api/v1/operators/sign-out", tag = "operator", responses((status = 204, description = "Signed out.")), security(("operator" = [])))]
pub async fn sign_out(State(app): State<App>, _operator: OperatorCaller, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = Cookie::Operator.read(&app, &headers) {
        app.province.sign_out(token).await?;
    }
    let gone = Cookie::Operator.set(&app, "", Some(0));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}
