//! POST /bindings/unbind: an office ends the tie of one of its cards, lost or given back.
//! It does not know whose it was.

use crate::app::{Answer, App};
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::binding::CardRequest;

/// End the tie of a card of this office.
#[utoipa::path(post, path = "/api/v1/bindings/unbind", tag = "gate", request_body = CardRequest,
    responses((status = 204, description = "Ended.")), security(("gate" = [])))]
pub async fn unbind(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(asked): Json<CardRequest>,
) -> Answer<StatusCode> {
    app.province.unbind_card(&gate, &asked.card).await?;
    Ok(StatusCode::NO_CONTENT)
}
