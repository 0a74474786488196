//! /number-changes: the change of one's telephone number that waits, and the one touch that stops it. It does not know who
//! asked for it.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrPerson, Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::number::StandingNumberChange;

/// The change of number that this person can stop: none or one.
#[utoipa::path(get, path = "/api/v1/number-changes", tag = "device", operation_id = "number_changes",
    responses((status = 200, body = Vec<StandingNumberChange>)), security(("device" = []), ("person" = [])))]
pub async fn list(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<Vec<StandingNumberChange>>> {
    let found = app.province.standing_number_change(&caller.actor).await?;
    let row = |row: yima_province::StandingNumberChange| StandingNumberChange {
        id: row.id,
        number_masked: row.masked,
        due_at: row.due_at,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// Stop it: the number on file stays.
#[utoipa::path(post, path = "/api/v1/number-changes/{id}/stop", tag = "device", operation_id = "stop_number_change",
    params(("id" = String, Path, description = "`num_…`")),
    responses((status = 204, description = "Stopped.")), security(("device" = []), ("person" = [])))]
pub async fn stop(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrPerson) -> Answer<StatusCode> {
    app.province.stop_number_change(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
