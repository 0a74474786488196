//! POST /settings: switch paper cards or short numbers off, and on again.
//! It does not know what a switch does.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_wire::device::{Settings, SettingsChange};

/// Change settings; absent fields stay.
#[utoipa::path(post, path = "/api/v1/settings", tag = "device", request_body = SettingsChange,
    responses((status = 200, body = Settings)), security(("device" = [])))]
pub async fn settings(State(app): State<App>, Signed(actor, change): Signed<SettingsChange>) -> Answer<Json<Settings>> {
    let settings = app.province.change_settings(&actor, change.paper_off, change.short_off).await?;
    Ok(Json(convert::device::settings(settings)))
}
