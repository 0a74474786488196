//! GET /record: who saw my code, newest first.
//! It does not know which of it a gate recorded offline in sealed form; the device finds those itself.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, Query, SignedBy};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yima_wire::record::Record;

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// `next` of the page before.
    pub before: Option<String>,
}

/// A page of the resident's record.
#[utoipa::path(get, path = "/api/v1/record", tag = "device", params(Asked), responses((status = 200, body = Record)), security(("device" = [])))]
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    SignedBy(actor): SignedBy,
) -> Answer<Json<Record>> {
    let page = app.province.record(&actor, asked.before.as_deref()).await?;
    Ok(Json(convert::record::page(page)))
}
