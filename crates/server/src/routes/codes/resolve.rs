//! POST /codes/resolve: after a valid check, learn the pseudonym and the attributes that the resident agreed to.
//! It does not know what a consent says.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{GateCaller, Json};
use axum::extract::State;
use yima_wire::check::{ResolveAnswer, ResolveRequest};

/// Resolve a receipt of this gate.
#[utoipa::path(post, path = "/api/v1/codes/resolve", tag = "gate", request_body = ResolveRequest,
    responses((status = 200, body = ResolveAnswer)), security(("gate" = [])))]
pub async fn resolve(
    State(app): State<App>,
    GateCaller(gate): GateCaller,
    Json(asked): Json<ResolveRequest>,
) -> Answer<Json<ResolveAnswer>> {
    let resolved = app.province.resolve_code(&gate, &asked.receipt, asked.attributes).await?;
    Ok(Json(convert::check::resolved(resolved)))
}
