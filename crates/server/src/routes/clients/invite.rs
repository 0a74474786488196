//! POST /manage/clients/invitations: a token by which an organisation registers one app itself.
//! It does not know what is registered.

use crate::app::{Answer, App};
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_wire::client::{ClientInvitation, ClientInvited};

/// Let an organisation register an app: an initial access token (RFC 7591) for a day and one use.
#[utoipa::path(post, path = "/api/v1/manage/clients/invitations", tag = "operator", request_body = ClientInvitation,
    responses((status = 200, body = ClientInvited)), security(("operator" = [])))]
pub async fn invite(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<ClientInvitation>,
) -> Answer<Json<ClientInvited>> {
    let token = app.province.invite_client(operator.actor(), &sent.organisation, &sent.owner).await?;
    Ok(Json(ClientInvited { token }))
}
