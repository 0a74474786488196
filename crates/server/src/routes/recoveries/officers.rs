//! /manage/recoveries: one officer asks, another one answers, a third looks again. It does not know who may.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::recovery::{BeginRecovery, RecoveryAnswer, RecoveryBegun, RecoveryReview, RecoveryRow};

/// Recoveries that wait for a colleague, or for a second look.
#[utoipa::path(get, path = "/api/v1/manage/recoveries", tag = "operator", responses((status = 200, body = Vec<RecoveryRow>)),
    security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Vec<RecoveryRow>>> {
    let found = app.province.recoveries(operator.actor()).await?;
    let row = |row: yima_province::RecoveryRow| RecoveryRow {
        id: row.id,
        resident: row.resident,
        name_masked: row.name_masked,
        state: row.state.to_owned(),
        officer: row.officer,
        approver: row.approver,
        yours: row.yours,
        to_review: row.to_review,
        evidence: row.evidence,
        number: row.number,
        asked_at: row.asked_at,
        expires_at: row.expires_at,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// Ask for one, by the letters on the resident's own device.
#[utoipa::path(post, path = "/api/v1/manage/recoveries", tag = "operator", request_body = BeginRecovery,
    responses((status = 200, body = RecoveryBegun)), security(("operator" = [])))]
pub async fn begin(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<BeginRecovery>,
) -> Answer<Json<RecoveryBegun>> {
    let wish = yima_province::BeginRecovery { number: sent.number, evidence: sent.evidence };
    let (id, approver) = app.province.begin_recovery(operator.actor(), &sent.resident, wish).await?;
    Ok(Json(RecoveryBegun { id, approver }))
}

/// Say yes or no, as the officer who was drawn.
#[utoipa::path(post, path = "/api/v1/manage/recoveries/{id}/answer", tag = "operator", request_body = RecoveryAnswer,
    params(("id" = String, Path, description = "`rcv_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<RecoveryAnswer>,
) -> Answer<StatusCode> {
    app.province.answer_recovery(operator.actor(), &id, sent.yes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look again at one that was drawn for it, as neither of the two.
#[utoipa::path(post, path = "/api/v1/manage/recoveries/{id}/review", tag = "operator", request_body = RecoveryReview,
    params(("id" = String, Path, description = "`rcv_…`")),
    responses((status = 204, description = "Noted.")), security(("operator" = [])))]
pub async fn review(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<RecoveryReview>,
) -> Answer<StatusCode> {
    app.province.review_recovery(operator.actor(), &id, sent.right, &sent.why).await?;
    Ok(StatusCode::NO_CONTENT)
}
