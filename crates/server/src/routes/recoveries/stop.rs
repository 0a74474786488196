//! /recoveries: what a device or a browser can stop, and the one touch that does it. It does not know what is undone.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrPerson, Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::recovery::StandingRecovery;

/// Recoveries that this person can stop: of the own account, and of those in their care.
#[utoipa::path(get, path = "/api/v1/recoveries", tag = "device", responses((status = 200, body = Vec<StandingRecovery>)),
    security(("device" = []), ("person" = [])))]
pub async fn list(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<Vec<StandingRecovery>>> {
    let found = app.province.standing_recoveries(&caller.actor).await?;
    let row = |row: yima_province::StandingRecovery| StandingRecovery {
        id: row.id,
        own: row.own,
        state: row.state.to_owned(),
        asked_at: row.asked_at,
        hold_until: row.hold_until,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// Stop one: the new way to sign in ends, the old ones open again.
#[utoipa::path(post, path = "/api/v1/recoveries/{id}/stop", tag = "device", params(("id" = String, Path, description = "`rcv_…`")),
    responses((status = 204, description = "Stopped.")), security(("device" = []), ("person" = [])))]
pub async fn stop(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrPerson) -> Answer<StatusCode> {
    app.province.stop_recovery(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
