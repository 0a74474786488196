//! POST /keys/rotate: new issuing keys of a suite; old codes live until they expire.
//! It does not make keys.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use axum::http::StatusCode;
use yima_keys::Suite;
use yima_wire::operator::Rotate;

/// Rotate the issuing keys of a suite.
#[utoipa::path(post, path = "/api/v1/keys/rotate", tag = "operator", request_body = Rotate,
    responses((status = 204, description = "Rotated, from the next bundle on.")), security(("operator" = [])))]
pub async fn rotate(State(app): State<App>, operator: OperatorCaller, Json(sent): Json<Rotate>) -> Answer<StatusCode> {
    let suite = match sent.suite.as_str() {
        "ES256" => Suite::Es256,
        "SM2" => Suite::Sm2Sm3,
        _ => return Err(Refused::new(Code::Invalid, "suite")),
    };
    app.province.rotate_keys(operator.actor(), suite, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
