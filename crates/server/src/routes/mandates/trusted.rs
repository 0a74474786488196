//! /trusted and /residents/{id}/trusted: the one person who is told of what an elder's helpers do. It does not know what they do.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrOperator, Json, OperatorCaller, Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;
use yima_province::TrustedRow;
use yima_wire::mandate::{EndMandate, Invitation, MandateMade, NameTrusted, Trusted, TrustedList};

/// Whom the caller trusts to be told, and who trusts the caller.
#[utoipa::path(get, path = "/api/v1/trusted", tag = "device", responses((status = 200, body = TrustedList)), security(("device" = [])))]
pub async fn own(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<TrustedList>> {
    Ok(Json(list(app.province.trusted(&actor).await?)))
}

/// Make a code by which somebody agrees to be told of what the caller's helpers do; they type it where helpers do.
#[utoipa::path(post, path = "/api/v1/trusted/invitations", tag = "device", responses((status = 200, body = Invitation)),
    security(("device" = [])))]
pub async fn invite(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Invitation>> {
    let made = app.province.invite_trusted(&actor).await?;
    Ok(Json(Invitation { code: made.code, expires_at: made.expires_at }))
}

/// Agree to be told, when a counter named the caller.
#[utoipa::path(post, path = "/api/v1/trusted/{id}/accept", tag = "device", params(("id" = String, Path, description = "`tru_…`")),
    responses((status = 204, description = "Told from now on.")), security(("device" = [])))]
pub async fn accept(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.accept_trusted(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take it back as the elder, refuse it as the one who is told, or end it at a counter.
#[utoipa::path(post, path = "/api/v1/trusted/{id}/end", tag = "device", request_body = EndMandate,
    params(("id" = String, Path, description = "`tru_…`")),
    responses((status = 204, description = "Ended.")), security(("device" = []), ("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrOperator) -> Answer<StatusCode> {
    let sent: EndMandate = caller.parse()?;
    app.province.end_trusted(&caller.actor, &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A resident's trusted person, and those who trust them.
#[utoipa::path(get, path = "/api/v1/residents/{id}/trusted", tag = "operator",
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = TrustedList)), security(("operator" = [])))]
pub async fn of_resident(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
) -> Answer<Json<TrustedList>> {
    Ok(Json(list(app.province.trusted_of(operator.actor(), &id).await?)))
}

/// Name a trusted person by the resident's own word; it waits for the word of the one who is named.
#[utoipa::path(post, path = "/api/v1/residents/{id}/trusted", tag = "operator", request_body = NameTrusted,
    params(("id" = String, Path, description = "`res_…`")),
    responses((status = 200, body = MandateMade)), security(("operator" = [])))]
pub async fn name(
    State(app): State<App>,
    Path(id): Path<String>,
    operator: OperatorCaller,
    Json(sent): Json<NameTrusted>,
) -> Answer<Json<MandateMade>> {
    let id = app.province.name_trusted(operator.actor(), &id, &sent.person, sent.alone).await?;
    Ok(Json(MandateMade { id }))
}

fn list(rows: Vec<TrustedRow>) -> TrustedList {
    let row =
        |row: TrustedRow| Trusted { id: row.id, told: row.told, name_masked: row.name_masked, pending: row.pending };
    TrustedList { trusted: rows.into_iter().map(row).collect() }
}
