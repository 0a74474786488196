//! /manage/visits: an officer begins a visit, sees and ends it. It does not know what the kiosk shows.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::Words;
use yima_wire::visit::{BeginVisit, VisitBegun, VisitRow};

/// The visits that the asking officer began in the last twelve hours.
#[utoipa::path(get, path = "/api/v1/manage/visits", tag = "operator", responses((status = 200, body = Vec<VisitRow>)),
    security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Vec<VisitRow>>> {
    let found = app.province.visits(operator.actor()).await?;
    let row = |row: yima_province::VisitRow| VisitRow {
        id: row.id,
        resident: row.resident,
        name_masked: row.name_masked,
        place: Words { zh: row.place.zh, en: row.place.en },
        kiosk: row.kiosk,
        seen: row.seen.to_owned(),
        deeds: row.deeds.into_iter().map(str::to_owned).collect(),
        state: row.state.to_owned(),
        begun_at: row.begun_at,
        until_at: row.until_at,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// Begin one: who it is was seen by an ID card, or by a code that answered this counter's challenge.
#[utoipa::path(post, path = "/api/v1/manage/visits", tag = "operator", request_body = BeginVisit,
    responses((status = 200, body = VisitBegun)), security(("operator" = [])))]
pub async fn begin(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<BeginVisit>,
) -> Answer<Json<VisitBegun>> {
    let wish = yima_province::BeginVisit {
        id_number: sent.id_number,
        receipt: sent.receipt,
        face: sent.face,
        site: sent.site,
        kiosk: sent.kiosk,
        deeds: sent.deeds,
    };
    let begun = app.province.begin_visit(operator.actor(), wish).await?;
    Ok(Json(VisitBegun {
        id: begun.id,
        code: begun.code,
        code_until: begun.code_until,
        until_at: begun.until_at,
        name_masked: begun.name_masked,
    }))
}

/// End one: the kiosk's session ends with it.
#[utoipa::path(post, path = "/api/v1/manage/visits/{id}/end", tag = "operator",
    params(("id" = String, Path, description = "`vis_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.end_visit(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
