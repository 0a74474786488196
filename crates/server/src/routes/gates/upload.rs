//! POST /gates/uploads: what a gate admitted offline, in the record class of its manifest.
//! The same batch twice changes nothing.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_wire::gate::{UploadAnswer, UploadRequest};

/// Upload a batch; repeat it with the same `batch_id` until it is answered.
#[utoipa::path(post, path = "/api/v1/gates/uploads", tag = "gate", request_body = UploadRequest,
    responses((status = 200, body = UploadAnswer)), security(("gate" = [])))]
pub async fn upload(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(sent): Json<UploadRequest>,
) -> Answer<Json<UploadAnswer>> {
    let uploaded = app.province.upload_records(&gate, convert::gate::upload(sent)?).await?;
    Ok(Json(UploadAnswer { accepted: uploaded.accepted, already: uploaded.already }))
}
