//! GET /mandates and GET /residents/{id}/mandates: one's own, and a resident's at a counter.
//! It does not know whose they are.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path, SignedBy};
use axum::extract::State;
use yima_wire::mandate::{Mandates, ResidentMandates};

/// Mandates over the caller and by the caller, newest first.
#[utoipa::path(get, path = "/api/v1/mandates", tag = "device", responses((status = 200, body = Mandates)), security(("device" = [])))]
pub async fn own(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Mandates>> {
    let mandates = app.province.mandates(&actor).await?.into_iter().map(convert::mandate::own).collect();
    Ok(Json(Mandates { mandates, server_at: app.province.now_s() }))
}

/// A resident's mandates, masked. The resident sees that somebody looked.
#[utoipa::path(get, path = "/api/v1/residents/{id}/mandates", tag = "operator",
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = ResidentMandates)), security(("operator" = [])))]
pub async fn of_resident(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<ResidentMandates>> {
    let mandates = app.province.resident_mandates(operator.actor(), &id).await?;
    Ok(Json(ResidentMandates { mandates: mandates.into_iter().map(convert::mandate::of_resident).collect() }))
}
