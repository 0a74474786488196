//! GET /bundle: the verifier bundle, whole or as a delta from the one that the caller holds.
//! It does not know what stands inside.

use crate::app::{Answer, App};
use crate::bytes;
use crate::extract::Query;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

const WHOLE: HeaderValue = HeaderValue::from_static("application/octet-stream");
const DELTA: HeaderValue = HeaderValue::from_static("application/yima-delta");

/// What the caller holds.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Held {
    /// SHA-256 of the bundle that the caller holds, hex: a delta is sent when that one is still known.
    from: Option<String>,
}

/// The newest verifier bundle (docs/spec/verifier-bundle.md). Its ETag is its SHA-256 in hex.
#[utoipa::path(get, path = "/api/v1/bundle", tag = "open", params(Held),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 304, description = "The caller holds it.")))]
pub async fn fetch(State(app): State<App>, Query(held): Query<Held>, headers: HeaderMap) -> Answer<Response> {
    let newest = app.province.bundle();
    let tag = format!("\"{}\"", hex::encode(newest.hash));
    let held_tag = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if held_tag == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let delta = match held.from {
            Some(from) => app.province.bundle_delta(bytes::exact_hex("from", &from)?),
            None => None,
        };
        let (kind, body) = delta.map_or_else(|| (WHOLE, newest.bytes.clone()), |delta| (DELTA, delta));
        ([(header::CONTENT_TYPE, kind)], Body::from(body)).into_response()
    };
    let tag = HeaderValue::from_str(&tag).map_err(yima_province::DeedError::internal)?;
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
