//! POST /mandates/{id}/draw and GET /mandates/{id}/record: codes to be shown for somebody else, and their record.
//! It does not know how much of it a mandate shows.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Drawing, Json, Path, Query, SignedBy};
use crate::routes::record::list::Asked;
use crate::routes::tokens::draw::draw_of;
use axum::extract::State;
use yima_province::DrawActing;
use yima_wire::record::Record;
use yima_wire::token::{DrawAnswer, DrawRequest};

/// Draw codes to be shown for the principal: at most 16 of each form a day, every T1 of flavour `acting`.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/draw", tag = "device", request_body = DrawRequest,
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 200, body = DrawAnswer)), security(("device" = [])))]
pub async fn draw(
    State(app): State<App>,
    Path(id): Path<String>,
    drawing: Drawing<DrawRequest>,
) -> Answer<Json<DrawAnswer>> {
    let Drawing { actor, wish, place } = drawing;
    let draw = draw_of(&wish)?;
    let drawn = app.province.draw_acting(&actor, DrawActing { mandate: id, draw }).await?;
    drop(place);
    Ok(Json(convert::token::drawn(drawn, app.province.now_s())))
}

/// A page of the principal's record, as much of it as the mandate shows.
#[utoipa::path(get, path = "/api/v1/mandates/{id}/record", tag = "device",
    params(("id" = String, Path, description = "`edg_…`"), Asked),
    responses((status = 200, body = Record)), security(("device" = [])))]
pub async fn record(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    SignedBy(actor): SignedBy,
) -> Answer<Json<Record>> {
    let page = app.province.ward_record(&actor, &id, asked.before.as_deref()).await?;
    Ok(Json(convert::record::page(page)))
}
