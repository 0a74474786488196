//! POST /organisations/{id}/representative, GET /representatives, POST /representatives/{id}/approve and refuse: whom the
//! register names. It does not know who accepts.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::enterprise::{NameRepresentative, Representative, Representatives};

/// Say whom the register names as an enterprise's legal representative. Another operator approves it.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/representative", tag = "operator",
    request_body = NameRepresentative, params(("id" = String, Path, description = "`org_…`")),
    responses((status = 204, description = "It waits for another operator.")), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NameRepresentative>,
) -> Answer<StatusCode> {
    app.province.propose_representative(operator.actor(), &id, &sent.resident, &sent.reference).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes that wait, and those decided lately, newest first.
#[utoipa::path(get, path = "/api/v1/representatives", tag = "operator",
    responses((status = 200, body = Representatives)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Representatives>> {
    let rows = app.province.representative_changes(operator.actor()).await?;
    let representatives = rows
        .into_iter()
        .map(|row| Representative {
            id: row.id,
            organisation: row.organisation,
            name: row.name,
            resident: row.account,
            name_masked: row.name_masked,
            reference: row.reference,
            state: row.state.to_owned(),
            may_decide: row.may_decide,
            created_at: row.created_at,
        })
        .collect();
    Ok(Json(Representatives { representatives }))
}

/// Approve what somebody else proposed: the representative before acts no more, and every appointment waits for the new one.
#[utoipa::path(post, path = "/api/v1/representatives/{id}/approve", tag = "operator",
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Approved.")), security(("operator" = [])))]
pub async fn approve(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.decide_representative(operator.actor(), &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuse it.
#[utoipa::path(post, path = "/api/v1/representatives/{id}/refuse", tag = "operator",
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Refused.")), security(("operator" = [])))]
pub async fn refuse(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.decide_representative(operator.actor(), &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
