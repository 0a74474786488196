//! POST /places: register a place.
//! It does not choose its number.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_province::{NewPlace, Text};
use yima_wire::scenario::{NewSite, Site};

/// Register a place.
#[utoipa::path(post, path = "/api/v1/places", tag = "operator", request_body = NewSite,
    responses((status = 200, body = Site)), security(("operator" = [])))]
pub async fn add(State(app): State<App>, operator: OperatorCaller, Json(wish): Json<NewSite>) -> Answer<Json<Site>> {
    let name = Text { zh: wish.name.zh, en: wish.name.en };
    let place = NewPlace { name, scenario: wish.scenario, region: wish.region };
    Ok(Json(convert::scenario::site(app.province.add_place(operator.actor(), place).await?)))
}
