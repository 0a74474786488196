//! GET /apps: what one allowed, and until when.
//! It does not know who asks but by the door.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use yima_wire::client::AllowedApps;

/// Apps that one allowed, the newest first.
#[utoipa::path(get, path = "/api/v1/apps", tag = "device", responses((status = 200, body = AllowedApps)), security(("device" = [])))]
pub async fn list(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<AllowedApps>> {
    let apps = app.province.allowed_apps(&caller.actor).await?;
    Ok(Json(AllowedApps { apps: apps.into_iter().map(convert::client::allowed).collect() }))
}
