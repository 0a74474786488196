//! POST /gates/key: a gate registers the key by which it signs its challenges.
//! The private half never comes here.

use crate::app::{Answer, App};
use crate::bytes;
use crate::convert;
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::gate::SetCheckerKey;

/// Register the gate's key; a second one needs the signature of the first.
#[utoipa::path(post, path = "/api/v1/gates/key", tag = "gate", request_body = SetCheckerKey,
    responses((status = 204, description = "The next bundle names it.")), security(("gate" = [])))]
pub async fn set_key(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(wish): Json<SetCheckerKey>,
) -> Answer<StatusCode> {
    let wish = yima_province::SetCheckerKey {
        key: convert::gate::public_key(&wish.suite, &bytes::exact("public_key", &wish.public_key)?)?,
        proof: bytes::exact("proof", &wish.proof)?,
        by_old: wish.by_old.map(|signature| bytes::exact("by_old", &signature)).transpose()?,
    };
    app.province.set_checker_key(&gate, wish).await?;
    Ok(StatusCode::NO_CONTENT)
}
