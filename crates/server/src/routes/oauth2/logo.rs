//! GET /oauth2/logo/{hash}: the picture of an app, for our own pages. It does not know which app.

use crate::app::{Answer, App};
use crate::extract::Path;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// PNG, 128 by 128. The address is the hash of its bytes, so it never changes.
pub async fn logo(State(app): State<App>, Path(hash): Path<String>) -> Answer<Response> {
    let png = app.province.client_logo(&hash).await?;
    let mut response = ([(header::CONTENT_TYPE, "image/png")], png).into_response();
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}
