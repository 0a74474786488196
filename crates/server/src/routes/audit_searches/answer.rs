//! POST /manage/audit-searches/{id}/answer: approve a search that somebody else asked for, or refuse it.
//! It does not know who that was.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::audit::AnswerAuditSearch;

/// Answer a search; the person sees it.
#[utoipa::path(post, path = "/api/v1/manage/audit-searches/{id}/answer", tag = "operator",
    request_body = AnswerAuditSearch, params(("id" = String, Path, description = "`aud_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<AnswerAuditSearch>,
) -> Answer<StatusCode> {
    app.province.answer_audit_search(operator.actor(), &id, sent.approve).await?;
    Ok(StatusCode::NO_CONTENT)
}
