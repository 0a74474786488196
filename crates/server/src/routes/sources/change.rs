//! POST /sources, /sources/{id}/approve and /sources/{id}/end: two persons register a source's key, one ends it at once.
//! It does not know files.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::resident::StateChange;
use yima_wire::source as wire;

/// Propose a source with its key, a further key, or that one comes without a signature. Another operator approves it within
/// seven days.
#[utoipa::path(post, path = "/api/v1/sources", tag = "operator", request_body = wire::NewSource,
    responses((status = 200, body = wire::SourceProposed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<wire::NewSource>,
) -> Answer<Json<wire::SourceProposed>> {
    let wire::NewSource { source, key, reason } = sent;
    let new = yima_province::NewSource { source, key, reason };
    let id = app.province.propose_source(operator.actor(), new).await?;
    Ok(Json(wire::SourceProposed { id }))
}

/// Approve what somebody else proposed. The first one closes the register: imports of registered sources alone are taken.
#[utoipa::path(post, path = "/api/v1/sources/{id}/approve", tag = "operator",
    params(("id" = String, Path, description = "`rky_…`")),
    responses((status = 204, description = "It stands.")), security(("operator" = [])))]
pub async fn approve(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.approve_source(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a key, or a registration without one, at once; or call a proposal off.
#[utoipa::path(post, path = "/api/v1/sources/{id}/end", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`rky_…`")),
    responses((status = 204, description = "It stands no more.")), security(("operator" = [])))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.end_source(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
