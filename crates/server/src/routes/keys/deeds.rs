//! GET and POST /keys/deeds, POST /keys/deeds/{id}/answer, /keys/void-tokens and /keys/withdraw-paper: what is done to keys, by two persons.
//! It does not make keys.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::key_deed as wire;

/// What was proposed for keys and done to them, newest first.
#[utoipa::path(get, path = "/api/v1/keys/deeds", tag = "operator",
    responses((status = 200, body = wire::KeyDeeds)), security(("operator" = [])))]
pub async fn list(State(app): State<App>, operator: OperatorCaller) -> Answer<Json<wire::KeyDeeds>> {
    let rows = app.province.key_deeds(operator.actor()).await?;
    let items = rows.into_iter().map(|row| wire::KeyDeedRow {
        id: row.id,
        what: row.what.to_owned(),
        reason: row.reason,
        state: row.state.to_owned(),
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_s,
        decided_by: row.decided_by,
        may_decide: row.may_decide,
        kid: row.kid,
        cards: row.cards,
    });
    Ok(Json(wire::KeyDeeds { items: items.collect() }))
}

/// Propose new paper keys, that the next token keys sign from now on, or that a paper key is withdrawn. Another operator agrees within seven days.
#[utoipa::path(post, path = "/api/v1/keys/deeds", tag = "operator", request_body = wire::KeyDeedProposal,
    responses((status = 200, body = wire::KeyDeedProposed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<wire::KeyDeedProposal>,
) -> Answer<Json<wire::KeyDeedProposed>> {
    let id = if sent.what == "withdraw_paper" {
        let kid = sent.kid.as_deref().unwrap_or_default();
        app.province.propose_paper_withdrawal(operator.actor(), kid, &sent.reason).await?
    } else {
        app.province.propose_key_deed(operator.actor(), &sent.what, &sent.reason).await?
    };
    Ok(Json(wire::KeyDeedProposed { id }))
}

/// Agree to what another operator proposed, which does it, or refuse it; of what was done at once: it was right, or not.
#[utoipa::path(post, path = "/api/v1/keys/deeds/{id}/answer", tag = "operator", request_body = wire::KeyDeedAnswer,
    params(("id" = String, Path, description = "`kdd_…`")),
    responses((status = 204, description = "Answered.")), security(("operator" = [])))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<wire::KeyDeedAnswer>,
) -> Answer<StatusCode> {
    app.province.answer_key_deed(operator.actor(), &id, sent.agree).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token key leaked: those of now are void at once, with every token that they signed. Another operator looks at it later.
#[utoipa::path(post, path = "/api/v1/keys/void-tokens", tag = "operator", request_body = yima_wire::resident::StateChange,
    responses((status = 204, description = "Void; the next keys sign.")), security(("operator" = [])))]
pub async fn void_tokens(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<yima_wire::resident::StateChange>,
) -> Answer<StatusCode> {
    app.province.void_token_keys(operator.actor(), &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A paper key leaked: what it signed is refused online at once, offline with the next bundle. Another operator looks at it later.
#[utoipa::path(post, path = "/api/v1/keys/withdraw-paper", tag = "operator", request_body = wire::PaperKeyWithdrawal,
    responses((status = 200, body = wire::PaperKeyWithdrawn)), security(("operator" = [])))]
pub async fn withdraw_paper(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<wire::PaperKeyWithdrawal>,
) -> Answer<Json<wire::PaperKeyWithdrawn>> {
    let cards = app.province.withdraw_paper_key(operator.actor(), &sent.kid, &sent.reason).await?;
    Ok(Json(wire::PaperKeyWithdrawn { cards }))
}
