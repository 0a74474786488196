//! GET /sites/{site}: the place behind a place code.
//! It does not know who scanned it.

use crate::app::{Answer, App};
use crate::convert;
use crate::error::{Code, Refused};
use crate::extract::{Json, Path};
use axum::extract::State;
use yima_wire::scenario::Site;

/// A place by its number.
#[utoipa::path(get, path = "/api/v1/sites/{site}", tag = "open", params(("site" = u32, Path, description = "Site number.")),
    responses((status = 200, body = Site)))]
pub async fn show(State(app): State<App>, Path(site): Path<u32>) -> Answer<Json<Site>> {
    let site = app.province.site(site).ok_or_else(|| Refused::new(Code::NotFound, "site"))?;
    Ok(Json(convert::scenario::site(site)))
}
