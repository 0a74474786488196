//! GET /operators/me: who is signed in.
//! It does not know what the role may do.

use crate::app::App;
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::operator::Me;

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/operators/me", tag = "operator", responses((status = 200, body = Me)), security(("operator" = [])))]
pub async fn me(State(app): State<App>, OperatorCaller(me): OperatorCaller) -> Json<Me> {
    Json(convert::operator::me(me, app.province.is_demo()))
}
