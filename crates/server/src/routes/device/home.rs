//! GET /device: everything that the resident's first screen needs.
//! It does not know what a screen shows.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::device::DeviceHome;

/// The resident's home.
#[utoipa::path(get, path = "/api/v1/device", tag = "device", responses((status = 200, body = DeviceHome)), security(("device" = [])))]
pub async fn home(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<DeviceHome>> {
    let home = app.province.home(&actor).await?;
    Ok(Json(convert::device::home(home, app.province.now_s())))
}
