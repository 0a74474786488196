//! POST /manage/operators/{id}/suspend, lift and end, POST /manage/operator-ends/{id}/answer: one stops, two end a post.
//! It does not know why somebody has to go.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::operator as wire;
use yima_wire::resident::StateChange;

/// Stop an operator at once, for seven days: their sessions end. Nobody does it twice to the same one within thirty days.
#[utoipa::path(post, path = "/api/v1/manage/operators/{id}/suspend", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`opr_…`")),
    responses((status = 200, body = wire::OperatorSuspended)), security(("operator" = [])))]
pub async fn suspend(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<Json<wire::OperatorSuspended>> {
    let until_at = app.province.suspend_operator(operator.actor(), &id, &sent.reason).await?;
    Ok(Json(wire::OperatorSuspended { until_at }))
}

/// Let a suspended operator go on.
#[utoipa::path(post, path = "/api/v1/manage/operators/{id}/lift", tag = "operator",
    params(("id" = String, Path, description = "`opr_…`")),
    responses((status = 204, description = "Lifted.")), security(("operator" = [])))]
pub async fn lift(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.lift_suspension(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Propose that a post ends. Another operator confirms within seven days.
#[utoipa::path(post, path = "/api/v1/manage/operators/{id}/end", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`opr_…`")),
    responses((status = 200, body = wire::OperatorEndProposed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<Json<wire::OperatorEndProposed>> {
    let id = app.province.propose_operator_end(operator.actor(), &id, &sent.reason).await?;
    Ok(Json(wire::OperatorEndProposed { id }))
}

/// Confirm or refuse the end of a post that another operator proposed.
#[utoipa::path(post, path = "/api/v1/manage/operator-ends/{id}/answer", tag = "operator",
    request_body = wire::OperatorDecision, params(("id" = String, Path, description = "`oen_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<wire::OperatorDecision>,
) -> Answer<StatusCode> {
    app.province.answer_operator_end(operator.actor(), &id, sent.confirm).await?;
    Ok(StatusCode::NO_CONTENT)
}
