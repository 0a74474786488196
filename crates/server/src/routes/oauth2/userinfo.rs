//! GET and POST /oauth2/userinfo: OpenID Connect Core 1.0 section 5.3. It does not know what was allowed.

use super::form::text;
use crate::app::App;
use crate::error::oauth::{Borne, OauthRefused, Place};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};
use yima_oidc::error::{Code, OauthError};
use yima_province::Bearing;

/// What a token may read of its person.
pub async fn userinfo(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
) -> Result<Json<Map<String, Value>>, OauthRefused> {
    let authorization = text(&headers, header::AUTHORIZATION.as_str());
    let place = Place::Resource(Borne::of(authorization.as_deref()));
    let refused = |error| OauthRefused::new(error, place, app.province.dpop_nonce());
    let twice = |name: &str| headers.get_all(name).iter().count() > 1;
    if twice("dpop") {
        // RFC 9449 section 4.3, the first check.
        return Err(refused(OauthError::new(Code::InvalidDpopProof, "one proof comes with a request").into()));
    }
    if twice(header::AUTHORIZATION.as_str()) {
        return Err(refused(OauthError::new(Code::InvalidRequest, "one token comes with a request").into()));
    }
    let bearing = Bearing {
        authorization: authorization.unwrap_or_default(),
        dpop: text(&headers, "dpop"),
        method: if method == Method::POST { "POST" } else { "GET" },
    };
    app.province.userinfo(&bearing).await.map(Json).map_err(refused)
}
