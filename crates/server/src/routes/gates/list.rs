//! GET /gates: the gates, where they stand, and how far behind they are.
//! It does not know their keys.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::Page;
use yima_wire::gate::Gate;

/// All gates.
#[utoipa::path(get, path = "/api/v1/gates", tag = "operator", responses((status = 200, body = Page<Gate>)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Page<Gate>>> {
    let gates = app.province.gates(operator.actor()).await?;
    Ok(Json(Page { items: gates.into_iter().map(convert::gate::gate).collect(), next: None }))
}
