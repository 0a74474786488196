//! POST /short-numbers: a number that can be spoken, for whoever cannot show a picture.
//! It does not know how numbers are drawn.

use crate::app::{Answer, App};
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_wire::token::{ShortNumber, ShortNumberRequest};

/// Take a short number for a scenario, or for a desk of it.
#[utoipa::path(post, path = "/api/v1/short-numbers", tag = "device", request_body = ShortNumberRequest,
    responses((status = 200, body = ShortNumber)), security(("device" = [])))]
pub async fn take(
    State(app): State<App>,
    Signed(actor, wish): Signed<ShortNumberRequest>,
) -> Answer<Json<ShortNumber>> {
    let number = app.province.take_short_number(&actor, &wish.scenario, wish.desk).await?;
    Ok(Json(ShortNumber { number: number.number, expires_at: number.expires_at }))
}
