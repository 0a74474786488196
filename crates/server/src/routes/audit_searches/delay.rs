//! POST /manage/audit-searches/{id}/delay and /manage/audit-delays/{id}/answer: an order delays what a person sees of a search.
//! It does not know for how long.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::audit::{AnswerAuditSearch, AskedAuditSearch, DelayOrder};

/// Go on by a further order. The year counts from the search.
#[utoipa::path(post, path = "/api/v1/manage/audit-searches/{id}/delay", tag = "operator", request_body = DelayOrder,
    params(("id" = String, Path, description = "`aud_…`")),
    responses((status = 200, body = AskedAuditSearch)), security(("operator" = [])))]
pub async fn ask(
    State(app): State<App>,
    operator: OperatorCaller,
    Path(id): Path<String>,
    Json(sent): Json<DelayOrder>,
) -> Answer<Json<AskedAuditSearch>> {
    let id = app.province.ask_audit_delay(operator.actor(), &id, convert::audit::order(sent)).await?;
    Ok(Json(AskedAuditSearch { id }))
}

/// Agree to an order that somebody else brought, or refuse it: then whatever no other order hides shows at once.
#[utoipa::path(post, path = "/api/v1/manage/audit-delays/{id}/answer", tag = "operator",
    request_body = AnswerAuditSearch, params(("id" = String, Path, description = "`dly_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    operator: OperatorCaller,
    Path(id): Path<String>,
    Json(sent): Json<AnswerAuditSearch>,
) -> Answer<StatusCode> {
    app.province.answer_audit_delay(operator.actor(), &id, sent.approve).await?;
    Ok(StatusCode::NO_CONTENT)
}
