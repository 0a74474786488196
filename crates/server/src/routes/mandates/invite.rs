//! POST /mandates/invitations and POST /mandates: an elder's device makes a code, the helper's device types it.
//! It does not know how the code went from one to the other.

use crate::app::{Answer, App};
use crate::extract::{Json, Signed};
use axum::extract::State;
use yima_wire::mandate::{AcceptRequest, Invitation, InvitationRequest, MandateMade};

/// Make a code by which somebody comes forward as the caller's helper; the one before is dead.
#[utoipa::path(post, path = "/api/v1/mandates/invitations", tag = "device", request_body = InvitationRequest,
    responses((status = 200, body = Invitation)), security(("device" = [])))]
pub async fn invite(
    State(app): State<App>,
    Signed(actor, wish): Signed<InvitationRequest>,
) -> Answer<Json<Invitation>> {
    let made = app.province.invite_helper(&actor, &wish.scopes).await?;
    Ok(Json(Invitation { code: made.code, expires_at: made.expires_at }))
}

/// Come forward as a helper by an elder's code. Nothing is allowed before the elder confirms.
#[utoipa::path(post, path = "/api/v1/mandates", tag = "device", request_body = AcceptRequest,
    responses((status = 200, body = MandateMade)), security(("device" = [])))]
pub async fn accept(State(app): State<App>, Signed(actor, wish): Signed<AcceptRequest>) -> Answer<Json<MandateMade>> {
    let accepted = app.province.accept_invitation(&actor, &wish.code).await?;
    Ok(Json(MandateMade { id: accepted.id }))
}
