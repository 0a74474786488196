//! POST /manage/rights/kin and /manage/rights/{id}/kin-copy: what kin of a dead person ask for at a counter.
//! It does not know who is kin.

use super::copy::english;
use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path, Query};
use crate::routes::pdf;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::KinWish;
use yima_wire::rights::{KinRequest, QueuedRequest};

const FILE: &str = "yima-copy-for-kin.pdf";

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Wanted {
    /// `zh` or `en`.
    lang: Option<String>,
}

/// File what kin ask for; a colleague decides it.
#[utoipa::path(post, path = "/api/v1/manage/rights/kin", tag = "operator", request_body = KinRequest,
    responses((status = 200, body = QueuedRequest)), security(("operator" = [])))]
pub async fn file(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<KinRequest>,
) -> Answer<Json<QueuedRequest>> {
    let wish =
        KinWish { name: sent.name, relation: sent.relation, wants: sent.wants, why: sent.why, evidence: sent.evidence };
    let filed = app.province.kin_data(operator.actor(), &sent.resident, wish).await?;
    Ok(Json(convert::rights::queued(filed)))
}

/// The copy that a colleague granted, to be handed over.
#[utoipa::path(post, path = "/api/v1/manage/rights/{id}/kin-copy", tag = "operator", params(("id" = String, Path, description = "`rgt_…`"), Wanted),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")), security(("operator" = [])))]
pub async fn copy(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    let english = english(wanted.lang.as_deref())?;
    Ok(pdf(app.province.kin_copy(operator.actor(), &id, english).await?, FILE))
}
