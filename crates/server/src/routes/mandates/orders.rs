//! POST /mandates/{id}/suspend and …/resume: a protection or custody order, and its end.
//! It does not know what the order says.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::mandate::ByOrder;

/// Suspend a mandate by an order: at once online, offline with the next bundle.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/suspend", tag = "operator", request_body = ByOrder,
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 204, description = "Suspended.")), security(("operator" = [])))]
pub async fn suspend(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<ByOrder>,
) -> Answer<StatusCode> {
    app.province.suspend_mandate(operator.actor(), &id, &sent.order, sent.hide).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a mandate go on when its order is lifted.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/resume", tag = "operator", request_body = ByOrder,
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 204, description = "In force again.")), security(("operator" = [])))]
pub async fn resume(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<ByOrder>,
) -> Answer<StatusCode> {
    app.province.resume_mandate(operator.actor(), &id, &sent.order).await?;
    Ok(StatusCode::NO_CONTENT)
}
