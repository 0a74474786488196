//! GET /residents/{id}: one resident with devices and cards, masked.
//! It does not know sealed fields.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::resident::Resident;

/// One resident.
#[utoipa::path(get, path = "/api/v1/residents/{id}", tag = "operator", params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = Resident)), security(("operator" = [])))]
pub async fn show(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<Json<Resident>> {
    Ok(Json(convert::resident::resident(app.province.resident(operator.actor(), &id).await?)))
}
