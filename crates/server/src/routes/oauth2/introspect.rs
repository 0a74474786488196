//! POST /oauth2/introspect (RFC 7662) and /oauth2/revoke (RFC 7009). It does not read tokens.

use super::form::{OfApp, refused};
use crate::app::App;
use crate::error::oauth::OauthRefused;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value};

/// What a token is now.
pub async fn introspect(
    State(app): State<App>,
    OfApp(request): OfApp,
) -> Result<Json<Map<String, Value>>, OauthRefused> {
    app.province.introspect(&request).await.map(Json).map_err(|error| refused(&app, error))
}

/// Ends a token.
pub async fn revoke(State(app): State<App>, OfApp(request): OfApp) -> Result<(), OauthRefused> {
    app.province.revoke_token(&request).await.map_err(|error| refused(&app, error))
}
