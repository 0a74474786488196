//! POST /account/sessions/end: one touch on a phone, or on a browser, signs all other browsers out.
//! It does not know where they are.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use yima_wire::account::EndedSessions;

/// End the sessions of one's browsers: all of them from a device, all others from a browser.
#[utoipa::path(post, path = "/api/v1/account/sessions/end", tag = "device", responses((status = 200, body = EndedSessions)),
    security(("device" = []), ("person" = [])))]
pub async fn end(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<EndedSessions>> {
    let ended = app.province.end_other_sessions(&caller.actor).await?;
    Ok(Json(EndedSessions { ended: u32::try_from(ended).unwrap_or(u32::MAX) }))
}
