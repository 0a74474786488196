//! POST /check-ins: the resident scanned the code of a place.
//! It does not know what the place does with it.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_wire::device::{CheckInAnswer, CheckInRequest};

/// Check in at a place.
#[utoipa::path(post, path = "/api/v1/check-ins", tag = "device", request_body = CheckInRequest,
    responses((status = 200, body = CheckInAnswer)), security(("device" = [])))]
pub async fn check_in(
    State(app): State<App>,
    Signed(actor, wish): Signed<CheckInRequest>,
) -> Answer<Json<CheckInAnswer>> {
    let done = app.province.check_in(&actor, wish.site).await?;
    Ok(Json(convert::device::checked_in(done)))
}
