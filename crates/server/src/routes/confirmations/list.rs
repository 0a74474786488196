//! GET /confirmations: what waits for this very device. Asked every two seconds while a large-grid code is shown.
//! It does not know who showed it.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::device::Confirmations;

/// Questions that wait for this device.
#[utoipa::path(get, path = "/api/v1/confirmations", tag = "device", responses((status = 200, body = Confirmations)), security(("device" = [])))]
pub async fn list(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Confirmations>> {
    let waiting = app.province.confirmations(&actor).await?;
    let confirmations = waiting.into_iter().map(convert::device::confirmation).collect();
    Ok(Json(Confirmations { confirmations, server_at: app.province.now_s() }))
}
