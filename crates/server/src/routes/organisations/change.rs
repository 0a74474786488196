//! POST /organisations/{id}/move, suspend, resume and end.
//! It does not know what stands under it.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::OrganisationChange;
use yima_wire::organisation::MoveOrganisation;
use yima_wire::resident::StateChange;

/// Put an organisation under another.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/move", tag = "operator", request_body = MoveOrganisation,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 204, description = "Moved.")), security(("operator" = [])))]
pub async fn put(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<MoveOrganisation>,
) -> Answer<StatusCode> {
    app.province.move_organisation(operator.actor(), &id, sent.parent.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend an organisation.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/suspend", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 204, description = "Suspended.")), security(("operator" = [])))]
pub async fn suspend(
    app: State<App>,
    id: Path<String>,
    operator: OperatorCaller,
    sent: Json<StateChange>,
) -> Answer<StatusCode> {
    change(app, id, operator, sent, OrganisationChange::Suspend).await
}

/// Resume it.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/resume", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 204, description = "Resumed.")), security(("operator" = [])))]
pub async fn resume(
    app: State<App>,
    id: Path<String>,
    operator: OperatorCaller,
    sent: Json<StateChange>,
) -> Answer<StatusCode> {
    change(app, id, operator, sent, OrganisationChange::Resume).await
}

/// End it for good; nothing under it may be left.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/end", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 204, description = "Ended.")), security(("operator" = [])))]
pub async fn end(
    app: State<App>,
    id: Path<String>,
    operator: OperatorCaller,
    sent: Json<StateChange>,
) -> Answer<StatusCode> {
    change(app, id, operator, sent, OrganisationChange::End).await
}

async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
    to: OrganisationChange,
) -> Answer<StatusCode> {
    app.province.change_organisation(operator.actor(), &id, to, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
