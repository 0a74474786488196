//! GET and POST /manage/operators, POST /manage/operators/{id}/answer: the three posts, given by two persons.
//! It does not know passwords, only whom they are shown to.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use yima_kernel::subject::Role;
use yima_province::{DeedError, ProposeOperator};
use yima_wire::operator as wire;

/// Who holds the three posts, and who is proposed.
#[utoipa::path(get, path = "/api/v1/manage/operators", tag = "operator",
    responses((status = 200, body = wire::Operators)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<wire::Operators>> {
    let all = app.province.operators(operator.actor()).await?;
    let operators = all.operators.into_iter().map(|one| wire::OperatorRow {
        id: one.id,
        name: one.name,
        person: one.person,
        role: one.role.to_owned(),
        state: one.state.to_owned(),
        since_at: one.since,
        suspended_until: one.suspended_until_s,
        named: one.named,
    });
    let grants = all.grants.into_iter().map(|one| wire::OperatorGrantRow {
        id: one.id,
        name: one.name,
        person: one.person,
        role: one.role.to_owned(),
        state: one.state.to_owned(),
        proposed_by: one.proposed_by,
        may_decide: one.may_decide,
        resident: one.resident_masked,
        proposed_at: one.proposed_at,
    });
    let ends = all.ends.into_iter().map(|one| wire::OperatorEndRow {
        id: one.id,
        name: one.name,
        reason: one.reason,
        state: one.state.to_owned(),
        proposed_by: one.proposed_by,
        may_decide: one.may_decide,
        proposed_at: one.proposed_s,
    });
    let names = all.names.into_iter().map(|one| wire::OperatorNameRow {
        id: one.id,
        name: one.name,
        person: one.person,
        resident: one.resident_masked,
        state: one.state.to_owned(),
        proposed_by: one.proposed_by,
        may_decide: one.may_decide,
        proposed_at: one.proposed_s,
    });
    Ok(Json(wire::Operators {
        operators: operators.collect(),
        grants: grants.collect(),
        ends: ends.collect(),
        names: names.collect(),
        named_alone: all.named_alone,
    }))
}

/// Propose that a natural person holds a post. Another operator confirms it within seven days.
#[utoipa::path(post, path = "/api/v1/manage/operators", tag = "operator", request_body = wire::OperatorProposal,
    responses((status = 200, body = wire::OperatorProposed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<wire::OperatorProposal>,
) -> Answer<Json<wire::OperatorProposed>> {
    let role = match sent.role.as_str() {
        "system" => Role::System,
        "security" => Role::Security,
        "audit" => Role::Audit,
        _ => return Err(DeedError::invalid("role", "没有这个岗位", "a post is system, security or audit").into()),
    };
    let wish = ProposeOperator { name: sent.name, person: sent.person, role, id_number: sent.id_number };
    let made = app.province.propose_operator(operator.actor(), wish).await?;
    Ok(Json(wire::OperatorProposed { id: made.id, totp_secret: made.totp_secret, totp_uri: made.totp_uri }))
}

/// Confirm or refuse what another operator proposed.
#[utoipa::path(post, path = "/api/v1/manage/operators/{id}/answer", tag = "operator", request_body = wire::OperatorDecision,
    params(("id" = String, Path, description = "`opr_…`")),
    responses((status = 200, body = wire::OperatorDecided)), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<wire::OperatorDecision>,
) -> Answer<Json<wire::OperatorDecided>> {
    let password = app.province.decide_operator(operator.actor(), &id, sent.confirm).await?;
    Ok(Json(wire::OperatorDecided { password }))
}
