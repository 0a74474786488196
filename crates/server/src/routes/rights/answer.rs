//! POST /manage/rights/{id}/answer and …/answer-kin: an officer's answer.
//! It does not know what follows from it.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::{AnswerRequest, Decision};
use yima_wire::rights::RightsAnswer;

/// Answer a person's request.
#[utoipa::path(post, path = "/api/v1/manage/rights/{id}/answer", tag = "operator", request_body = RightsAnswer,
    params(("id" = String, Path, description = "`rgt_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<RightsAnswer>,
) -> Answer<StatusCode> {
    app.province.answer_request(operator.actor(), &id, read(sent)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer what kin ask for; a colleague of whoever filed it.
#[utoipa::path(post, path = "/api/v1/manage/rights/{id}/answer-kin", tag = "operator", request_body = RightsAnswer,
    params(("id" = String, Path, description = "`rgt_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer_kin(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<RightsAnswer>,
) -> Answer<StatusCode> {
    app.province.answer_request(operator.actor(), &id, read(sent)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(sent: RightsAnswer) -> Answer<AnswerRequest> {
    let decision = Decision::parse(&sent.decision).ok_or_else(|| {
        Refused::new(Code::Invalid, "decision")
            .saying("decision 只能是 done、refuse、wait 或 go_on。", "The decision is done, refuse, wait or go_on.")
    })?;
    Ok(AnswerRequest { decision, text: sent.text, evidence: sent.evidence })
}
