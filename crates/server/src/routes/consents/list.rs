//! GET /consents: what the resident agreed to.
//! It does not know who asked.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::device::Consents;

/// All consents, newest first.
#[utoipa::path(get, path = "/api/v1/consents", tag = "device", responses((status = 200, body = Consents)), security(("device" = [])))]
pub async fn list(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Consents>> {
    let consents = app.province.consents(&actor).await?;
    Ok(Json(Consents { consents: consents.into_iter().map(convert::device::consent).collect() }))
}
