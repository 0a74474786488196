//! GET /places: the places where codes are checked.
//! It does not know their gates.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::Page;
use yima_wire::scenario::Site;

/// Which places.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<u32>,
    /// Part of a name or number.
    find: Option<String>,
}

/// A page of places, by number.
#[utoipa::path(get, path = "/api/v1/places", tag = "operator", params(Asked), responses((status = 200, body = Page<Site>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    _operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<Site>>> {
    let page = app.province.sites_page(asked.after.unwrap_or(0), asked.find.as_deref().unwrap_or(""));
    Ok(Json(Page { items: page.items.into_iter().map(convert::scenario::site).collect(), next: page.next }))
}
