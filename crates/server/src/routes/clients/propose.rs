//! POST /manage/clients: propose an app or a new version of one; somebody else has to review it.
//! It does not read metadata.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller};
use axum::extract::State;
use yima_province::ProposeClient;
use yima_wire::client::{ClientProposal, ClientProposed};

/// Propose an app.
#[utoipa::path(post, path = "/api/v1/manage/clients", tag = "operator", request_body = ClientProposal,
    responses((status = 200, body = ClientProposed)), security(("operator" = [])))]
pub async fn propose(
    State(app): State<App>,
    operator: OperatorCaller,
    Json(sent): Json<ClientProposal>,
) -> Answer<Json<ClientProposed>> {
    let ClientProposal { id, organisation, owner, metadata } = sent;
    let wish = ProposeClient { id, organisation, owner, metadata };
    let made = app.province.propose_client(operator.actor(), wish).await?;
    Ok(Json(ClientProposed { version: convert::client::version(made.version), secret: made.secret }))
}
