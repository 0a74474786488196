//! GET /organisations/mergers, POST /organisations/{id}/merge, and approve, refuse and withdraw of one: an organisation goes on in
//! another from a day on. It does not know who is told.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::organisation::{Merger, Mergers, NewMerger};
use yima_wire::resident::StateChange;

/// All mergers.
#[utoipa::path(get, path = "/api/v1/organisations/mergers", tag = "operator",
    responses((status = 200, body = Mergers)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<Mergers>> {
    let rows = app.province.organisation_mergers(operator.actor()).await?;
    let mergers = rows.into_iter().map(|row| Merger {
        id: row.id,
        merged: row.merged,
        merged_name: row.merged_name,
        successor: row.successor,
        successor_name: row.successor_name,
        contact: row.contact,
        reference: row.reference,
        effect_at: row.effect_at,
        state: row.state.to_owned(),
        may_decide: row.may_decide,
        told: row.told,
        all_told: row.all_told,
        created_at: row.created_at,
    });
    Ok(Json(Mergers { mergers: mergers.collect() }))
}

/// Propose that an organisation goes on in another from a day on. Another operator approves it; people are told then.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/merge", tag = "operator", request_body = NewMerger,
    params(("id" = String, Path, description = "`org_…` that goes on in the other")),
    responses((status = 204, description = "It waits for another operator.")), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NewMerger>,
) -> Answer<StatusCode> {
    let NewMerger { successor, contact, reference, effect_at } = sent;
    let new = yima_province::NewMerger { merged: id, successor, contact, reference, effect_at };
    app.province.propose_merger(operator.actor(), new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve what somebody else proposed: everybody with a standing agreement with an app of the merged organisation is told.
#[utoipa::path(post, path = "/api/v1/organisations/mergers/{id}/approve", tag = "operator",
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Approved.")), security(("operator" = [])))]
pub async fn approve(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.decide_merger(operator.actor(), &id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuse it.
#[utoipa::path(post, path = "/api/v1/organisations/mergers/{id}/refuse", tag = "operator",
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Refused.")), security(("operator" = [])))]
pub async fn refuse(State(app): State<App>, Path(id): Path<String>, operator: OperatorCaller) -> Answer<StatusCode> {
    app.province.decide_merger(operator.actor(), &id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Call one off before its day; who was told of it is told that too.
#[utoipa::path(post, path = "/api/v1/organisations/mergers/{id}/withdraw", tag = "operator", request_body = StateChange,
    params(("id" = String, Path, description = "`use_…`")),
    responses((status = 204, description = "Called off.")), security(("operator" = [])))]
pub async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<StateChange>,
) -> Answer<StatusCode> {
    app.province.withdraw_merger(operator.actor(), &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
