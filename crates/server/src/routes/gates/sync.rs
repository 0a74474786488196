//! POST /gates/sync: a gate says where it stands and learns where the province stands.
//! It does not know what a gate admitted.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_wire::gate::{SyncAnswer, SyncRequest};

/// Sync a gate.
#[utoipa::path(post, path = "/api/v1/gates/sync", tag = "gate", request_body = SyncRequest,
    responses((status = 200, body = SyncAnswer)), security(("gate" = [])))]
pub async fn sync(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(said): Json<SyncRequest>,
) -> Answer<Json<SyncAnswer>> {
    let synced = app.province.sync_gate(&gate, convert::gate::sync(said)?).await?;
    Ok(Json(convert::gate::synced(synced)))
}
