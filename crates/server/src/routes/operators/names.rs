//! POST /manage/operators/{id}/name, /manage/operator-names/{id}/answer and /manage/operators/named: which resident an operator is.
//! It does not know what follows from it; the resident's own word comes from their account's pages.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::operator as wire;

/// Propose which resident an operator is. Another operator agrees, and the resident confirms, within seven days each.
#[utoipa::path(post, path = "/api/v1/manage/operators/{id}/name", tag = "operator", request_body = wire::OperatorNaming,
    params(("id" = String, Path, description = "`opr_…`")),
    responses((status = 200, body = wire::OperatorNamed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<wire::OperatorNaming>,
) -> Answer<Json<wire::OperatorNamed>> {
    let id = app.province.name_operator(operator.actor(), &id, &sent.id_number).await?;
    Ok(Json(wire::OperatorNamed { id }))
}

/// Agree to which resident an operator is, or refuse it. Neither who proposed it nor the operator in question answers.
#[utoipa::path(post, path = "/api/v1/manage/operator-names/{id}/answer", tag = "operator",
    request_body = wire::OperatorDecision, params(("id" = String, Path, description = "`onm_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<wire::OperatorDecision>,
) -> Answer<StatusCode> {
    app.province.answer_operator_name(operator.actor(), &id, sent.confirm).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let no operator open a file whose own is not known. It is turned off at the server's own command line alone.
#[utoipa::path(post, path = "/api/v1/manage/operators/named", tag = "operator", request_body = wire::NamedAlone,
    responses((status = 204, description = "It counts from now on.")), security(("operator" = [])))]
pub async fn require(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<wire::NamedAlone>,
) -> Answer<StatusCode> {
    app.province.require_named(operator.actor(), sent.named).await?;
    Ok(StatusCode::NO_CONTENT)
}
