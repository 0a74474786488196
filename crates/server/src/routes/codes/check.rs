//! POST /codes/check: a gate presents what it read.
//! The verdict is the province's; here it only gets its JSON shape.

use crate::app::{Answer, App};
use crate::bytes;
use crate::convert;
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_province::CheckCode;
use yima_wire::check::{CheckRequest, Verdict};

const CHALLENGE_BYTES_MAX: usize = 128;

/// Check a code at the gate's own site and scenario. A refused code is an answer too: status 200.
#[utoipa::path(post, path = "/api/v1/codes/check", tag = "gate", request_body = CheckRequest,
    responses((status = 200, body = Verdict)), security(("gate" = [])))]
pub async fn check(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(asked): Json<CheckRequest>,
) -> Answer<Json<Verdict>> {
    let challenge = asked.challenge.map(|text| bytes::read("challenge", &text, CHALLENGE_BYTES_MAX)).transpose()?;
    let checked = app.province.check_code(&gate, CheckCode { digits: asked.digits, challenge }).await?;
    let verdict = convert::check::verdict(checked);
    app.metrics.checked(&verdict.verdict, verdict.reason.as_deref().unwrap_or_default());
    Ok(Json(verdict))
}
