//! POST /bindings/find: an office learns its own pseudonym for the holder of one of its cards.
//! It does not know the card.

use crate::app::{Answer, App};
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_wire::binding::{CardRequest, FoundAnswer};

/// The pseudonym behind a bound card, while the holder's agreement stands.
#[utoipa::path(post, path = "/api/v1/bindings/find", tag = "gate", request_body = CardRequest,
    responses((status = 200, body = FoundAnswer)), security(("gate" = [])))]
pub async fn find(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(asked): Json<CardRequest>,
) -> Answer<Json<FoundAnswer>> {
    let found = app.province.find_bound(&gate, &asked.card).await?;
    Ok(Json(FoundAnswer { pseudonym: found.pseudonym, receipt: found.receipt }))
}
