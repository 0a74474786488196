//! POST /rights/delete and /rights/{id}/stop: ask for deletion, and take a request back.
//! It does not know when a deletion is done.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{DeviceOrPerson, Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::rights::RightsRequest;

/// Ask for the deletion of everything. Any device of the person stops it in its hold.
#[utoipa::path(post, path = "/api/v1/rights/delete", tag = "device", responses((status = 200, body = RightsRequest)), security(("device" = []), ("person" = [])))]
pub async fn delete(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<RightsRequest>> {
    Ok(Json(convert::rights::row(app.province.delete_data(&caller.actor).await?)))
}

/// Take back a request that is not done yet.
#[utoipa::path(post, path = "/api/v1/rights/{id}/stop", tag = "device", params(("id" = String, Path, description = "`rgt_…`")),
    responses((status = 204, description = "Stopped.")), security(("device" = []), ("person" = [])))]
pub async fn stop(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrPerson) -> Answer<StatusCode> {
    app.province.stop_request(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
