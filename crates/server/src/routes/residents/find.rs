//! GET /residents: residents of a region; POST /residents/find: by number, id or name, which stand in no address. Always masked.
//! It does not know how a search is answered without names.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::FindByName;
use yima_wire::Page;
use yima_wire::resident::{FindResidents, ResidentRow};

/// Which region. A name or a number here is refused: addresses are kept in logs and histories.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// GB/T 2260: four digits for a city, six for a county.
    region: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of residents, all or of a region.
#[utoipa::path(get, path = "/api/v1/residents", tag = "operator", params(Asked), responses((status = 200, body = Page<ResidentRow>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<ResidentRow>>> {
    let (region, after) = (asked.region.as_deref(), asked.after.as_deref());
    let page = app.province.find_residents(operator.actor(), None, region, after).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::resident::row).collect(), next: page.next }))
}

/// Find residents by number, id, or name within a region; each who is found sees that somebody looked.
#[utoipa::path(post, path = "/api/v1/residents/find", tag = "operator", request_body = FindResidents, responses((status = 200, body = Page<ResidentRow>)), security(("operator" = [])))]
pub async fn find(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(asked): Json<FindResidents>,
) -> Answer<Json<Page<ResidentRow>>> {
    let (q, region, after) = (asked.q.as_deref(), asked.region.as_deref(), asked.after.as_deref());
    let page = match asked.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => {
            let ask = FindByName { name, region, born: asked.born, after };
            app.province.find_by_name(operator.actor(), ask).await?
        }
        None => app.province.find_residents(operator.actor(), q, region, after).await?,
    };
    Ok(Json(Page { items: page.items.into_iter().map(convert::resident::row).collect(), next: page.next }))
}
