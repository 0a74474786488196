//! GET /devices: the devices of all residents, newest first; no names and no labels.
//! It does not know how the list is narrowed.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, OperatorCaller, Query};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_province::SeeDevices;
use yima_wire::Page;
use yima_wire::device::AnyDevice;
use yima_wire::words::DeviceState;

/// Which devices.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
    /// Only those in use, or only those that ended.
    #[param(value_type = Option<DeviceState>)]
    state: Option<String>,
    /// GB/T 2260 of the resident: four digits for a city, six for a county.
    region: Option<String>,
}

/// A page of devices, newest first. It may be short, or empty, and still have a `next`: few fitted among those looked at.
#[utoipa::path(get, path = "/api/v1/devices", tag = "operator", params(Asked), responses((status = 200, body = Page<AnyDevice>)), security(("operator" = [])))]
pub async fn list(
    State(app): State<App>,
    operator: OperatorCaller,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<AnyDevice>>> {
    let ask =
        SeeDevices { after: asked.after.as_deref(), state: asked.state.as_deref(), region: asked.region.as_deref() };
    let page = app.province.devices(operator.actor(), ask).await?;
    Ok(Json(Page { items: page.items.into_iter().map(convert::device::any).collect(), next: page.next }))
}
