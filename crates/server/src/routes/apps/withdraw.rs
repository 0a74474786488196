//! DELETE /apps/{id}: take it back, with every token that hangs on it.
//! It does not decide whose it is.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrPerson, Path};
use axum::extract::State;
use axum::http::StatusCode;

/// Take back what was allowed: tokens end now; the app may still show what it read, and is told to delete it.
#[utoipa::path(delete, path = "/api/v1/apps/{id}", tag = "device", params(("id" = String, Path, description = "`grn_…`")),
    responses((status = 204, description = "Withdrawn.")), security(("device" = [])))]
pub async fn withdraw(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrPerson) -> Answer<StatusCode> {
    app.province.withdraw_app(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
