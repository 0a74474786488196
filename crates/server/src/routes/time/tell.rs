//! GET /time: signed server time, so that a device can keep its offset.
//! It does not know who asks.

use crate::app::{Answer, App};
use crate::bytes;
use crate::extract::{Json, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::device::TimeAnswer;

const NONCE_BYTES_MAX: usize = 32;

/// What to sign together with the time.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// 16 to 32 bytes of the caller's choice, base64url without padding.
    nonce: String,
}

/// The server's time, signed together with the caller's nonce.
#[utoipa::path(get, path = "/api/v1/time", tag = "open", params(Asked), responses((status = 200, body = TimeAnswer)))]
pub async fn tell(State(app): State<App>, Query(asked): Query<Asked>) -> Answer<Json<TimeAnswer>> {
    let nonce = bytes::read("nonce", &asked.nonce, NONCE_BYTES_MAX)?;
    let time = app.province.signed_time(&nonce)?;
    let server_ms = i64::try_from(time.server_ms).unwrap_or(i64::MAX);
    let signature = bytes::text(&time.signature);
    Ok(Json(TimeAnswer { server_at: server_ms / 1000, server_ms, nonce: bytes::text(&nonce), signature }))
}
