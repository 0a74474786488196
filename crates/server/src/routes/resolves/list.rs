//! GET /resolves: how often offices learned who stands behind a code, by year and scenario, for everybody to read.
//! It does not know persons.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::Json;
use axum::extract::State;
use yima_wire::binding::ResolveCounts;

/// The yearly public count, the newest year first.
#[utoipa::path(get, path = "/api/v1/resolves", tag = "open", responses((status = 200, body = ResolveCounts)))]
pub async fn list(State(app): State<App>) -> Answer<Json<ResolveCounts>> {
    let counts = app.province.resolve_counts().await?;
    Ok(Json(ResolveCounts {
        shown_from: yima_province::SHOWN_FROM,
        counts: counts.into_iter().map(convert::binding::count).collect(),
    }))
}
