//! GET /organisations/imports, POST …/{id}/approve and …/{id}/undo: the second person of an import, and the way back.
//! It does not know the file: that is run at the command line.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::organisation::{OrganisationImports, Undone};
use yima_wire::resident::StateChange;

/// All imports with what the dry run counted.
#[utoipa::path(get, path = "/api/v1/organisations/imports", tag = "operator",
    responses((status = 200, body = OrganisationImports)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<OrganisationImports>> {
    let imports = app.province.organisation_imports(operator.actor()).await?;
    Ok(Json(OrganisationImports { imports: imports.into_iter().map(convert::organisation::import).collect() }))
}

/// Approve an import that somebody else proposed.
#[utoipa::path(post, path = "/api/v1/organisations/imports/{id}/approve", tag = "operator",
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Approved.")), security(("operator" = [])))]
pub async fn approve(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.approve_organisations(operator.actor(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undo an import: what it brought and nobody changed since ends.
#[utoipa::path(post, path = "/api/v1/organisations/imports/{id}/undo", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 200, body = Undone)), security(("operator" = [])))]
pub async fn undo(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<Json<Undone>> {
    Ok(Json(Undone { ended: app.province.undo_organisations(operator.actor(), &id, &sent.reason).await? }))
}
