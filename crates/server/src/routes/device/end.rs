//! POST /devices/{id}/end: a lost or replaced device, by another device of the same resident or by an operator.
//! It does not decide whose device it is.

use crate::app::{Answer, App};
use crate::extract::{DeviceOrOperator, Path};
use axum::extract::State;
use axum::http::StatusCode;
use yima_wire::device::EndDevice;

/// End a device: refused online at once, offline with the next bundle.
#[utoipa::path(post, path = "/api/v1/devices/{id}/end", tag = "device", request_body = EndDevice,
    params(("id" = String, Path, description = "`dev_…`")),
    responses((status = 204, description = "Ended.")), security(("device" = []), ("operator" = [])))]
pub async fn end(State(app): State<App>, Path(id): Path<String>, caller: DeviceOrOperator) -> Answer<StatusCode> {
    let sent: EndDevice = caller.parse()?;
    app.province.end_device(&caller.actor, &id, &sent.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
