//! POST /mandates/{id}/confirm, …/end and …/restore: yes, no longer, and after all.
//! It does not decide whose mandate it is.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrOperator, Path, SignedBy};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::mandate::{Confirm, EndMandate};

/// Say yes to a mandate over oneself; an officer says it for a person who was heard alone.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/confirm", tag = "device", request_body = Confirm,
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 204, description = "In force.")), security(("device" = []), ("operator" = [])))]
pub async fn confirm(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrOperator) -> Answer<StatusCode> {
    let sent: Confirm = caller.parse()?;
    app.province.confirm_mandate(&caller.actor, &id, sent.alone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a mandate: codes drawn under it are refused online at once, offline with the next bundle.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/end", tag = "device", request_body = EndMandate,
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 204, description = "Ended.")), security(("device" = []), ("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrOperator) -> Answer<StatusCode> {
    let sent: EndMandate = caller.parse()?;
    app.province.end_mandate(&caller.actor, &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undo the end of a mandate over oneself, within seven days.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/restore", tag = "device",
    params(("id" = String, Path, description = "`edg_…`")),
    responses((status = 204, description = "In force again.")), security(("device" = [])))]
pub async fn restore(State(app): State<App>, Path(id): Path<String>, SignedBy(actor): SignedBy) -> Answer<StatusCode> {
    app.province.restore_mandate(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
