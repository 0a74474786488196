//! POST /confirmations/{id}/confirm: the holder stands at the checker that asks.
//! It does not decide whose question it is.

use crate::app::{Answer, App};
use crate::extract::{Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;

/// Confirm; once, within a minute, by the device that showed the code.
#[utoipa::path(post, path = "/api/v1/confirmations/{id}/confirm", tag = "device", params(("id" = String, Path, description = "`cfm_…`")),
    responses((status = 204, description = "Confirmed.")), security(("device" = [])))]
pub async fn confirm(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.confirm_check(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
