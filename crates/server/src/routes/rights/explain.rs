//! POST /rights/explain: ask for the rules, or a decision, to be explained in writing.
//! It does not know the answer.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_wire::rights::{ExplainRequest, RightsRequest};

/// Ask for an explanation.
#[utoipa::path(post, path = "/api/v1/rights/explain", tag = "device", request_body = ExplainRequest,
    responses((status = 200, body = RightsRequest)), security(("device" = [])))]
pub async fn explain(
    State(app): State<App>,
    Signed(actor, wish): Signed<ExplainRequest>,
) -> Answer<Json<RightsRequest>> {
    Ok(Json(convert::rights::row(app.province.explain_data(&actor, &wish.question).await?)))
}
