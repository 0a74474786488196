//! GET /bindings: the cards that offices tied to the resident.
//! It does not know their numbers.

use crate::app::{Answer, App};
use crate::convert;
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::binding::Bindings;

/// All cards, newest first.
#[utoipa::path(get, path = "/api/v1/bindings", tag = "device", responses((status = 200, body = Bindings)), security(("device" = [])))]
pub async fn list(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Bindings>> {
    let bindings = app.province.bindings(&actor).await?;
    Ok(Json(Bindings { bindings: bindings.into_iter().map(convert::binding::own).collect() }))
}
