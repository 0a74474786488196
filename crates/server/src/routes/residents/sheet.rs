//! /residents/{id}/sheet: whether a resident has a printed sheet of sign-in codes, and ending it when it is lost.
//! It does not know a code.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::account::SheetLeft;

/// How many codes are left of the resident's sheet.
#[utoipa::path(get, path = "/api/v1/residents/{id}/sheet", tag = "operator", params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = SheetLeft)), security(("operator" = [])))]
pub async fn see(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<Json<SheetLeft>> {
    let left = app.province.sheet_of_resident(operator.actor(), &id).await?;
    Ok(Json(SheetLeft { left }))
}

/// End the resident's sheet: no code of it signs in any more, and sign-ins that came of it are over.
#[utoipa::path(post, path = "/api/v1/residents/{id}/sheet/end", tag = "operator", params(("id" = String, Path, description = "`res_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.end_sheet_of(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
