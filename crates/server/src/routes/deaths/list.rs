//! GET /manage/deaths: what is reported and not final. It does not know who may confirm.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::death::DeathRow;

/// Deaths that wait for a second source, or for their thirty days.
#[utoipa::path(get, path = "/api/v1/manage/deaths", tag = "operator", responses((status = 200, body = Vec<DeathRow>)),
    security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Vec<DeathRow>>> {
    let found = app.province.deaths(operator.actor()).await?;
    let row = |row: yima_province::DeathRow| DeathRow {
        resident: row.resident,
        name_masked: row.name_masked,
        state: row.state.to_owned(),
        source: row.source,
        evidence: row.evidence,
        reported_by: row.reported_by,
        reported_at: row.reported_at,
        final_from: row.final_from,
        yours: row.yours,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}
