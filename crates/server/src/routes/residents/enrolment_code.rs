//! POST /residents/{id}/enrolment-codes: a code that enrols one device, given at a counter.
//! It is shown once and kept as a hash.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::resident::EnrolmentCode;

/// Issue an enrolment code.
#[utoipa::path(post, path = "/api/v1/residents/{id}/enrolment-codes", tag = "operator", params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = EnrolmentCode)), security(("operator" = [])))]
pub async fn issue(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<EnrolmentCode>> {
    let (code, expires_at) = app.province.issue_enrolment_code(operator.actor(), &id).await?;
    Ok(Json(EnrolmentCode { code, expires_at }))
}
