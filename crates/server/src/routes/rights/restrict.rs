//! POST /rights/restrict and /rights/lift: switch processing off, and on again.
//! It does not know what stops with it.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::rights::RightsRequest;

/// Switch processing off: codes stop being accepted at once.
#[utoipa::path(post, path = "/api/v1/rights/restrict", tag = "device", responses((status = 200, body = RightsRequest)), security(("device" = []), ("person" = [])))]
pub async fn restrict(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<RightsRequest>> {
    Ok(Json(convert::rights::row(app.province.restrict_data(&caller.actor).await?)))
}

/// Switch it on again.
#[utoipa::path(post, path = "/api/v1/rights/lift", tag = "device", responses((status = 204, description = "On again.")), security(("device" = []), ("person" = [])))]
pub async fn lift(State(app): State<App>, caller: DeviceOrPerson) -> Answer<StatusCode> {
    app.province.lift_restriction(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
