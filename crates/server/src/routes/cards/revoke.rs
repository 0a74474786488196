//! POST /cards/{id}/revoke: a lost card.
//! It does not know lists; offline gates learn it with the next bundle.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::resident::StateChange;

/// Revoke a card.
#[utoipa::path(post, path = "/api/v1/cards/{id}/revoke", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 204, description = "Revoked.")), security(("operator" = [])))]
pub async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.revoke_card(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
