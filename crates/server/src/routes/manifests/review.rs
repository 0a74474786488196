//! POST /manage/scenarios/{slug}/review: put a proposed version in force, or refuse it.
//! Who proposed it cannot; the kernel says so.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::scenario::Review;

/// Review a version.
#[utoipa::path(post, path = "/api/v1/manage/scenarios/{slug}/review", tag = "operator", request_body = Review,
    params(("slug" = String, Path, description = "Slug of the scenario.")),
    responses((status = 204, description = "In force from the next bundle on, or refused.")), security(("operator" = [])))]
pub async fn review(
    State(app): State<App>,
    Path(slug): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<Review>,
) -> Answer<StatusCode> {
    let version = u32::try_from(sent.version).map_err(|_| Refused::new(Code::NotFound, "version"))?;
    app.province.review_scenario(operator.actor(), &slug, version, sent.approve, &sent.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
