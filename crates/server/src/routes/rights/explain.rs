//! POST /rights/explain: ask for the rules, or a decision, to be explained in writing.
//! It does not know the answer.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use yima_wire::rights::{ExplainRequest, RightsRequest};

/// Ask for an explanation.
#[utoipa::path(post, path = "/api/v1/rights/explain", tag = "device", request_body = ExplainRequest,
    responses((status = 200, body = RightsRequest)), security(("device" = []), ("person" = [])))]
pub async fn explain(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<RightsRequest>> {
    let wish: ExplainRequest = caller.parse()?;
    Ok(Json(convert::rights::row(app.province.explain_data(&caller.actor, &wish.question).await?)))
}
