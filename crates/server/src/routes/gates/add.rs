//! POST /gates: register a gate; its key is shown once.
//! It does not keep the key.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::gate::{GateKey, NewGate};

/// Register a gate.
#[utoipa::path(post, path = "/api/v1/gates", tag = "operator", request_body = NewGate,
    responses((status = 200, body = GateKey)), security(("operator" = [])))]
pub async fn add(State(app): State<App>, operator: OperatorCaller, Json(wish): Json<NewGate>) -> Answer<Json<GateKey>> {
    let made = app.province.add_gate(operator.actor(), &wish.name, wish.site).await?;
    Ok(Json(GateKey { id: made.id, key: made.key }))
}
