//! POST /manage/scenarios: propose a manifest; somebody else has to review it.
//! It does not parse TOML.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::scenario::{ManifestVersion, Proposal};

/// Propose a version.
#[utoipa::path(post, path = "/api/v1/manage/scenarios", tag = "operator", request_body = Proposal,
    responses((status = 200, body = ManifestVersion)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<Proposal>,
) -> Answer<Json<ManifestVersion>> {
    Ok(Json(convert::scenario::version(app.province.propose_scenario(operator.actor(), &sent.toml).await?)))
}
