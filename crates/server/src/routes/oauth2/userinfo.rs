//! GET and POST /oauth2/userinfo: OpenID Connect Core 1.0 section 5.3. It does not know what was allowed.

use super::form::text;
use crate::app::App;
use crate::error::oauth::{OauthRefused, Place};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};
use yima_province::Bearing;

/// What a token may read of its person.
pub async fn userinfo(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
) -> Result<Json<Map<String, Value>>, OauthRefused> {
    let bearing = Bearing {
        authorization: text(&headers, header::AUTHORIZATION.as_str()).unwrap_or_default(),
        dpop: text(&headers, "dpop"),
        method: if method == Method::POST { "POST" } else { "GET" },
    };
    let read = app.province.userinfo(&bearing).await;
    read.map(Json).map_err(|error| OauthRefused::new(error, Place::Resource, app.province.dpop_nonce()))
}
