//! GET /sources: which sources import files may come from, and by which keys they sign. It does not check a signature.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::source as wire;

/// The register of sources.
#[utoipa::path(get, path = "/api/v1/sources", tag = "operator",
    responses((status = 200, body = wire::Sources)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<wire::Sources>> {
    let found = app.province.sources(operator.actor()).await?;
    let items = found.items.into_iter().map(|row| wire::SourceRow {
        id: row.id,
        source: row.source,
        kid: row.kid,
        alg: row.alg.map(str::to_owned),
        reason: row.reason,
        state: row.state.to_owned(),
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_s,
        decided_by: row.decided_by,
        ended_at: row.ended_s,
        may_decide: row.may_decide,
    });
    Ok(Json(wire::Sources { closed: found.closed, items: items.collect() }))
}
