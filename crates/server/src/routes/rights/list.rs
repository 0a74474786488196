//! GET /rights: one's own requests, and what to know before asking.
//! It does not know how far an officer is.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{DeviceOrPerson, Json};
use axum::extract::State;
use yima_wire::rights::MyRights;

/// One's own requests, newest first, with the terms and what the law keeps.
#[utoipa::path(get, path = "/api/v1/rights", tag = "device", responses((status = 200, body = MyRights)), security(("device" = []), ("person" = [])))]
pub async fn list(State(app): State<App>, caller: DeviceOrPerson) -> Answer<Json<MyRights>> {
    let own = app.province.rights(&caller.actor).await?;
    let terms = app.province.terms();
    Ok(Json(MyRights {
        requests: own.requests.into_iter().map(convert::rights::row).collect(),
        kept: convert::rights::kept(),
        working_days: terms.working_days,
        hold_days: terms.hold_days,
        guardian_decides: own.guardian_decides,
    }))
}
