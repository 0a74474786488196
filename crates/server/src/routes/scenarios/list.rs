//! GET /scenarios: the scenarios in force, as residents and checkers see them.
//! It does not know proposals.

use crate::app::App;
use crate::convert;
use crate::extract::Json;
use axum::extract::State;
use yima_wire::scenario::Scenarios;

/// All scenarios in force, by number.
#[utoipa::path(get, path = "/api/v1/scenarios", tag = "open", responses((status = 200, body = Scenarios)))]
pub async fn list(State(app): State<App>) -> Json<Scenarios> {
    let scenarios = app.province.scenarios().into_iter().map(convert::scenario::public).collect();
    Json(Scenarios { scenarios, demo: app.province.is_demo() })
}
