//! POST /residents/{id}/death and /death/undo: a source says that somebody died, and an officer takes that back.
//! It does not know what ends with it.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::death::DeathReport;
use yima_wire::resident::StateChange;

/// Report a death: the first source suspends, a second one of another kind confirms, and thirty days later it is final.
#[utoipa::path(post, path = "/api/v1/residents/{id}/death", tag = "operator", request_body = DeathReport,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Written down.")), security(("operator" = [])))]
pub async fn report(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<DeathReport>,
) -> Answer<StatusCode> {
    app.province.report_death(operator.actor(), &id, &sent.source, &sent.evidence).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a report back before it is final: the account is what it was.
#[utoipa::path(post, path = "/api/v1/residents/{id}/death/undo", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Taken back.")), security(("operator" = [])))]
pub async fn undo(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.undo_death(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
