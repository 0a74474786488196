//! POST /residents/{id}/suspend and resume: change a resident's standing.
//! It does not know what ends with it.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::Standing;
use yima_wire::resident::StateChange;

/// Suspend a resident's code.
#[utoipa::path(post, path = "/api/v1/residents/{id}/suspend", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Suspended.")), security(("operator" = [])))]
pub async fn suspend(
    state: State<App>,
    id: Path<String>,
    operator: OperatorCaller,
    sent: Json<StateChange>,
) -> Answer<StatusCode> {
    change(state, id, operator, sent, Standing::Suspend).await
}

/// Resume it.
#[utoipa::path(post, path = "/api/v1/residents/{id}/resume", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Resumed.")), security(("operator" = [])))]
pub async fn resume(
    state: State<App>,
    id: Path<String>,
    operator: OperatorCaller,
    sent: Json<StateChange>,
) -> Answer<StatusCode> {
    change(state, id, operator, sent, Standing::Resume).await
}

async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
    to: Standing,
) -> Answer<StatusCode> {
    app.province.change_standing(operator.actor(), &id, to, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
