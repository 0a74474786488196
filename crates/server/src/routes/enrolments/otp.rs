//! POST /enrolments/otp: ask for a one-time password; everybody gets the same answer.
//! It does not know whether one was sent.

use crate::app::{Answer, App};
use crate::extract::Json;
use axum::extract::State;
use yima_wire::device::{OtpAnswer, OtpRequest};

/// Ask for a one-time password. The answer is the same whether or not such a resident exists.
#[utoipa::path(post, path = "/api/v1/enrolments/otp", tag = "enrolment", request_body = OtpRequest,
    responses((status = 200, body = OtpAnswer)))]
pub async fn otp(State(app): State<App>, Json(asked): Json<OtpRequest>) -> Answer<Json<OtpAnswer>> {
    let wish = yima_province::OtpRequest { name: asked.name, id_number: asked.id_number };
    let answer = app.province.request_otp(wish).await?;
    Ok(Json(OtpAnswer { challenge_id: answer.challenge_id, expires_at: answer.expires_at }))
}
