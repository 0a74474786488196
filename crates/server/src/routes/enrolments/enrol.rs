//! POST /enrolments: a new device with a code from a counter, or a one-time password.
//! The request is signed by the key that it brings.

use crate::app::{Answer, App};
use crate::error::{Code, Refused};
use crate::extract::{BringsItsKey, Json};
use axum::extract::State;
use yima_kernel::shown_text;
use yima_province::{Enrol, EnrolProof};
use yima_wire::device::{EnrolRequest, Enrolled};

const LABEL_CHARS_MAX: usize = 40;

/// Enrol a device: with `code`, or with `challenge_id` and `otp`.
#[utoipa::path(post, path = "/api/v1/enrolments", tag = "enrolment", request_body = EnrolRequest,
    responses((status = 200, body = Enrolled)), security(("device" = [])))]
pub async fn enrol(State(app): State<App>, device: BringsItsKey) -> Answer<Json<Enrolled>> {
    let BringsItsKey { request, suite, public_key } = device;
    let label = request.label.trim().to_owned();
    if label.chars().count() > LABEL_CHARS_MAX || !shown_text::is_line(&label) {
        return Err(
            Refused::new(Code::Invalid, "label").saying("设备名称最多 40 个字。", "A label has at most 40 characters.")
        );
    }
    let proof = match (request.code, request.challenge_id, request.otp) {
        (Some(code), None, None) => EnrolProof::Code(code),
        (None, Some(challenge_id), Some(otp)) => EnrolProof::Otp { challenge_id, otp },
        _ => return Err(Refused::new(Code::Malformed, "proof")),
    };
    let enrolled = app.province.enrol_device(Enrol { proof, suite, public_key, label }).await?;
    Ok(Json(Enrolled {
        device_id: enrolled.device_id,
        slot: enrolled.slot,
        name_masked: enrolled.name_masked,
        region: enrolled.region,
        root_fingerprint: hex::encode(app.province.root_fingerprint()),
        server_at: app.province.now_s(),
    }))
}
