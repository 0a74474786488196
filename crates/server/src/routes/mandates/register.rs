//! POST /residents/{id}/mandates: a counter registers a guardian or a helper from evidence.
//! It does not keep the evidence.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_province::RegisterMandate;
use yima_wire::mandate::{MandateMade, NewMandate};

/// Register a mandate over a resident.
#[utoipa::path(post, path = "/api/v1/residents/{id}/mandates", tag = "operator", request_body = NewMandate,
    params(("id" = String, Path, description = "`res_…` of the one who is acted for")),
    responses((status = 200, body = MandateMade)), security(("operator" = [])))]
pub async fn register(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NewMandate>,
) -> Answer<Json<MandateMade>> {
    let wish = RegisterMandate {
        kind: sent.kind,
        actor: sent.actor,
        scopes: sent.scopes,
        evidence: sent.evidence,
        reference: sent.reference,
        agreed: sent.agreed,
        until_at: sent.until_at.map(|at| convert::time("until_at", at)).transpose()?,
    };
    let id = app.province.register_mandate(operator.actor(), &id, wish).await?;
    Ok(Json(MandateMade { id }))
}
