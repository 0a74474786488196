//! DELETE /bindings/{id}: the resident ends a tie, from this moment on.
//! It does not decide whose it is.

use crate::app::{Answer, App};
use crate::extract::{Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;

/// End the tie of a card.
#[utoipa::path(delete, path = "/api/v1/bindings/{id}", tag = "device", params(("id" = String, Path, description = "`bnd_…`")),
    responses((status = 204, description = "Ended.")), security(("device" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.end_binding(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
