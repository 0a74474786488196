//! POST /gates/{id}/end: a gate's key opens nothing any more.
//! It does not reach the gate itself.

use crate::app::{Answer, App};
use crate::extract::{OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;

/// End a gate.
#[utoipa::path(post, path = "/api/v1/gates/{id}/end", tag = "operator", params(("id" = String, Path, description = "`gat_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.end_gate(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
