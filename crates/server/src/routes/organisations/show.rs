//! GET /organisations/{id} and /organisations/{id}/enterprise: one organisation with the line above it, and the card of an
//! enterprise. It does not know what a filing says.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_wire::organisation::{EnterpriseCard, OrganisationLine};

/// One organisation, with the line above it.
#[utoipa::path(get, path = "/api/v1/organisations/{id}", tag = "operator",
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 200, body = OrganisationLine)), security(("operator" = [])))]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<OrganisationLine>> {
    let line = app.province.organisation_line(operator.actor(), &id).await?;
    Ok(Json(OrganisationLine { line: line.into_iter().map(convert::organisation::row).collect() }))
}

/// Who acts for an enterprise, and what was filed for it: names masked, and never what a filing says.
#[utoipa::path(get, path = "/api/v1/organisations/{id}/enterprise", tag = "operator",
    params(("id" = String, Path, description = "`org_…`")),
    responses((status = 200, body = EnterpriseCard)), security(("operator" = [])))]
pub async fn enterprise(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<EnterpriseCard>> {
    let card = app.province.enterprise_card(operator.actor(), &id).await?;
    Ok(Json(convert::organisation::card(card)))
}
