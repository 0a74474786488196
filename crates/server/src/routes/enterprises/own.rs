//! GET /enterprises: those for which the device's holder acts, so that it can draw their codes.
//! It does not know how a code is drawn.

use crate::app::{Answer, App};
use crate::extract::{Json, SignedBy};
use axum::extract::State;
use yima_wire::enterprise::{Enterprise, Enterprises};

/// Enterprises for which the caller acts, newest first.
#[utoipa::path(get, path = "/api/v1/enterprises", tag = "device", responses((status = 200, body = Enterprises)), security(("device" = [])))]
pub async fn own(State(app): State<App>, SignedBy(actor): SignedBy) -> Answer<Json<Enterprises>> {
    let found = app.province.own_enterprises(&actor).await?;
    let enterprises = found
        .own
        .into_iter()
        .map(|one| Enterprise {
            id: one.id,
            name: one.name,
            credit_code: one.credit_code,
            represents: one.represents,
            state: one.state.to_owned(),
            services: one.services.into_iter().map(str::to_owned).collect(),
            limit_amount: one.limit_amount,
            may_show: one.may_show,
            until_at: one.until_at,
        })
        .collect();
    Ok(Json(Enterprises { enterprises, offers: found.offers.len().try_into().unwrap_or(u32::MAX) }))
}
