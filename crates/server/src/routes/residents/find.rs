//! GET /residents: find residents by number, id, name or region; always masked.
//! It does not know how a search is answered without names.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::FindByName;
use yima_wire::Page;
use yima_wire::resident::ResidentRow;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// A whole 18-character identity number, or `res_…`.
    q: Option<String>,
    /// A whole name, within `region`; each resident who is found sees that somebody looked.
    name: Option<String>,
    /// Year of birth, with `name`: asked for when more than 20 people share it.
    born: Option<u16>,
    /// GB/T 2260: four digits for a city, six for a county.
    region: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of residents.
#[utoipa::path(get, path = "/api/v1/residents", tag = "operator", params(Asked), responses((status = 200, body = Page<ResidentRow>)), security(("operator" = [])))]
pub async fn find(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
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
