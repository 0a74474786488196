//! POST /manage/clients/{id}/review: put a proposed version in force, or refuse it.
//! Who proposed it cannot; the kernel says so.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::client::ClientReview;

/// Review a version.
#[utoipa::path(post, path = "/api/v1/manage/clients/{id}/review", tag = "operator", request_body = ClientReview,
    params(("id" = String, Path, description = "`app_…`")),
    responses((status = 204, description = "In force from now on, or refused.")), security(("operator" = [])))]
pub async fn review(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<ClientReview>,
) -> Answer<StatusCode> {
    let version = u32::try_from(sent.version).map_err(|_| Refused::new(Code::NotFound, "version"))?;
    app.province.review_client(operator.actor(), &id, version, sent.approve, &sent.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
