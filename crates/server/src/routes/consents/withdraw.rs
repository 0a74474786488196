//! DELETE /consents/{id}: take an agreement back, from this moment on.
//! It does not decide whose it is.

use crate::app::{Answer, App};
use crate::extract::{Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;

/// Withdraw a consent.
#[utoipa::path(delete, path = "/api/v1/consents/{id}", tag = "device", params(("id" = String, Path, description = "`cns_…`")),
    responses((status = 204, description = "Withdrawn.")), security(("device" = [])))]
pub async fn withdraw(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.withdraw_consent(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
