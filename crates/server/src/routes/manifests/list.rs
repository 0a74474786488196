//! GET /manage/scenarios: all versions of all manifests, with who proposed and who reviewed.
//! It does not parse them.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::Page;
use yima_wire::scenario::ManifestVersion;

/// All manifest versions.
#[utoipa::path(get, path = "/api/v1/manage/scenarios", tag = "operator", responses((status = 200, body = Page<ManifestVersion>)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Page<ManifestVersion>>> {
    let versions = app.province.manifests(operator.actor()).await?;
    Ok(Json(Page { items: versions.into_iter().map(convert::scenario::version).collect(), next: None }))
}
