//! GET /places: the places where codes are checked.
//! It does not know their gates.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::Page;
use yima_wire::scenario::Site;

/// All places.
#[utoipa::path(get, path = "/api/v1/places", tag = "operator", responses((status = 200, body = Page<Site>)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, _operator: OperatorCaller) -> Answer<Json<Page<Site>>> {
    Ok(Json(Page { items: app.province.sites().into_iter().map(convert::scenario::site).collect(), next: None }))
}
