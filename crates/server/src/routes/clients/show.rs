//! GET /manage/clients/{id}: all versions of one app, side by side.
//! It does not read metadata.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::client::ClientVersions;

/// One app: every version of it, the newest first.
#[utoipa::path(get, path = "/api/v1/manage/clients/{id}", tag = "operator",
    params(("id" = String, Path, description = "`app_…`")),
    responses((status = 200, body = ClientVersions)), security(("operator" = [])))]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<ClientVersions>> {
    let versions = app.province.client_versions(operator.actor(), &id).await?;
    Ok(Json(ClientVersions { versions: versions.into_iter().map(convert::client::version).collect() }))
}
