//! POST /confirmations/{id}/refuse: the holder does not stand at the checker that asks.
//! It does not decide whose question it is.

use crate::app::{Answer, App};
use crate::extract::{Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;

/// Refuse: the code is used up, and the checker is told.
#[utoipa::path(post, path = "/api/v1/confirmations/{id}/refuse", tag = "device", params(("id" = String, Path, description = "`cfm_…`")),
    responses((status = 204, description = "Refused.")), security(("device" = [])))]
pub async fn refuse(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.refuse_check(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
