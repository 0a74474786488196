//! POST /bindings: a desk ties its own card to the holder whose code it has just checked.
//! It does not know whether the holder agreed.

use crate::app::{Answer, App};
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_wire::binding::{BindAnswer, BindRequest};

/// Tie a card to the holder behind a receipt; the same card again changes nothing.
#[utoipa::path(post, path = "/api/v1/bindings", tag = "gate", request_body = BindRequest,
    responses((status = 200, body = BindAnswer)), security(("gate" = [])))]
pub async fn bind(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(asked): Json<BindRequest>,
) -> Answer<Json<BindAnswer>> {
    let bound = app.province.bind_card(&gate, &asked.receipt, &asked.card).await?;
    Ok(Json(BindAnswer { id: bound.id, pseudonym: bound.pseudonym, bound_at: bound.bound_at, receipt: bound.receipt }))
}
